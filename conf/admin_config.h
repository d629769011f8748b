// The admin listener: where operators come in, and what they must know to change something. Plain
// data: read once, then constant. Stands here and not beside its door, which is above conf.
#pragma once

#include <optional>
#include <string>

#include "proxy/net/address.h"

namespace poise::conf {

class YamlMap;

struct AdminConfig {
  std::optional<net::Address> bind;  // nothing: off
  std::string token;                 // "": none, and then `bind` is_local()

  bool operator==(const AdminConfig&) const = default;
};

// Reads `admin: off` or `admin: { bind, token }`.
void parse_admin(YamlMap& root, AdminConfig& admin);

// Whether only programs on this machine get there: loopback addresses and Unix sockets.
bool is_local(const net::Address& address);

}  // namespace poise::conf
