// The `dns` section: whom to ask for names, for how long, and how long to believe the answer. Plain
// data: read once, then constant.
#pragma once

#include <cstdint>
#include <vector>

#include "proxy/base/clock.h"
#include "proxy/net/address.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::net {

struct DnsConfig {
  std::vector<Address> servers;                      // none: those of /etc/resolv.conf
  base::Duration timeout = std::chrono::seconds(2);  // of the first attempt; doubles with each
  std::uint32_t attempts = 3;
  base::Duration ttl_min = std::chrono::seconds(1);
  base::Duration ttl_max = std::chrono::minutes(5);

  bool operator==(const DnsConfig&) const = default;
};

void parse_dns(conf::YamlMap& node, DnsConfig& dns);

}  // namespace poise::net
