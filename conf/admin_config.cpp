#include "conf/admin_config.h"

#include <algorithm>
#include <string_view>

#include "conf/reader/yaml_reader.h"
#include "proxy/net/address_config.h"

namespace poise::conf {

namespace {

// It travels in a header field, after "Bearer ".
bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

void read_token(YamlValue& value, std::string& token) {
  const auto text = value.text();
  if (!text) return;
  // Says nothing of what it found: a secret has no place in a message.
  if (!is_visible_ascii(*text)) return value.error("must be visible ASCII without spaces");
  token = *text;
}

void parse_section(YamlMap& node, AdminConfig& admin) {
  if (!node.has("bind")) node.error(node.owner() + " has no 'bind'");
  node.with("bind", [&](YamlValue& value) {
    net::Address address;
    net::read_bind(value, address);
    if (address.family() != AF_UNSPEC) admin.bind = address;
  });
  node.with("token", [&](YamlValue& value) { read_token(value, admin.token); });
}

}  // namespace

void parse_admin(YamlMap& root, AdminConfig& admin) {
  root.with("admin", [&](YamlValue& value) {
    if (value.is_text() && value.text() == "off") return;
    value.read_map("'admin'", [&](YamlMap& map) { parse_section(map, admin); });
  });
}

bool is_local(const net::Address& address) {
  static const auto kV4 = *net::Network::parse("127.0.0.0/8");
  static const auto kV6 = *net::Network::parse("::1");
  return address.is_unix() || kV4.contains(address) || kV6.contains(address);
}

}  // namespace poise::conf
