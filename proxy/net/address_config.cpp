#include "proxy/net/address_config.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "conf/reader/names.h"
#include "conf/reader/quantities.h"
#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"

namespace poise::net {

namespace {

constexpr std::string_view kLocalhost = "localhost:";

std::string resolve_localhost(std::string text) {
  if (text.starts_with(kLocalhost)) text.replace(0, kLocalhost.size(), "127.0.0.1:");
  return text;
}

bool is_port(std::string_view text) {
  const auto port = conf::parse_whole(text);
  return port && *port <= 65535;
}

bool is_host_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto allowed = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  };
  return std::any_of(text.begin(), text.end(), letter) &&
         std::all_of(text.begin(), text.end(), allowed);
}

// Why `text`, which is no address, is none.
std::string fault_of(std::string_view text, Address::Wildcard wildcard) {
  const bool may_listen_everywhere = wildcard == Address::Wildcard::allowed;
  const std::string_view examples = may_listen_everywhere
                                        ? ":8080, 127.0.0.1:8080, [::1]:8080 or unix:/path"
                                        : "127.0.0.1:8080, [::1]:8080 or unix:/path";
  const std::string found = ", not " + conf::quoted(text);
  if (may_listen_everywhere && is_port(text)) {
    return "must be an address such as ':" + std::string(text) + "'" + found;
  }
  if (text.starts_with("unix:")) return "must name a path of 1 to 107 bytes" + found;
  const auto colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon);
  if (colon == std::string_view::npos) {
    return "must end in a port, such as " + std::string(host) + ":8080" + found;
  }
  if (is_host_name(host) && is_port(text.substr(colon + 1))) {
    return "is the host name " + conf::quoted(text) +
           "; names are not supported yet, only IP addresses and unix:/path";
  }
  return "must be an address such as " + std::string(examples) + found;
}

void read_address(conf::YamlValue& value, Address& address, Address::Wildcard wildcard) {
  const auto text = value.text();
  if (!text) return;
  const std::string_view name_fault = conf::name_fault(*text);
  if (!name_fault.empty()) return value.error(name_fault);
  const auto parsed = Address::parse(resolve_localhost(*text), wildcard);
  if (!parsed) return value.error(fault_of(*text, wildcard));
  address = *parsed;
}

}  // namespace

void read_bind(conf::YamlValue& value, Address& address) {
  read_address(value, address, Address::Wildcard::allowed);
}

void read_backend_address(conf::YamlValue& value, Address& address) {
  read_address(value, address, Address::Wildcard::refused);
  const bool is_ip = address.family() == AF_INET || address.family() == AF_INET6;
  if (is_ip && address.port() == 0) value.error("must have a port that is not 0");
}

void read_networks(conf::YamlMap& map, const char* key, std::vector<Network>& networks) {
  map.each(key, [&](conf::YamlValue& value) {
    const auto text = value.text();
    if (!text) return;
    const auto network = Network::parse(*text);
    if (network) return networks.push_back(*network);
    value.error("must be a network such as 10.0.0.0/8 or fd00::/8, not " + conf::quoted(*text));
  });
}

}  // namespace poise::net
