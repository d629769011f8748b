// The limits and timeouts of a listener's clients. 0 means none, everywhere.
#pragma once

#include <cstdint>

#include "proxy/base/bytes.h"
#include "proxy/base/clock.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::http {

struct LimitsConfig {
  std::uint32_t connections = 0;
  base::ByteCount header_bytes = 32 * 1024;
  std::uint32_t headers = 100;
  base::ByteCount uri_bytes = 8 * 1024;
  base::ByteCount body_bytes = 0;
  std::uint32_t requests_per_connection = 0;

  bool operator==(const LimitsConfig&) const = default;
};

struct TimeoutsConfig {
  base::Duration handshake = std::chrono::seconds(10);  // all that comes before the first request
  base::Duration header = std::chrono::seconds(10);
  base::Duration body_idle = std::chrono::seconds(60);
  base::Duration idle = std::chrono::seconds(75);
  base::Duration write_idle = std::chrono::seconds(60);
  base::Duration request{0};

  bool operator==(const TimeoutsConfig&) const = default;
};

LimitsConfig parse_limits(conf::YamlMap& node);
TimeoutsConfig parse_timeouts(conf::YamlMap& node);

}  // namespace poise::http
