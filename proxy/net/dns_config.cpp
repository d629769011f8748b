#include "proxy/net/dns_config.h"

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"

namespace poise::net {

namespace {

using namespace std::chrono_literals;

constexpr conf::Range<base::Duration> kTimeout{10ms, 1min};
constexpr conf::Range<std::uint32_t> kAttempts{1, 10};
constexpr conf::Range<base::Duration> kLeastTtl{100ms, 1h};
constexpr conf::Range<base::Duration> kMostTtl{100ms, 24h};
constexpr std::uint16_t kDnsPort = 53;

// "10.0.0.53", "10.0.0.53:5353", "::1", "[::1]:5353".
std::optional<Address> parse_server(const std::string& text) {
  if (const auto whole = Address::parse(text)) {
    return whole->is_unix() || whole->port() == 0 ? std::nullopt : whole;
  }
  if (const auto bare = Address::parse_ip(text, kDnsPort)) return bare;
  return std::nullopt;
}

void read_server(conf::YamlValue& value, std::vector<Address>& servers) {
  const auto text = value.text();
  if (!text) return;
  const auto server = parse_server(*text);
  if (server) return servers.push_back(*server);
  value.error("must be an IP address such as 10.0.0.53 or 127.0.0.1:5353, not " +
              conf::quoted(*text));
}

}  // namespace

void parse_dns(conf::YamlMap& node, DnsConfig& dns) {
  node.each("servers", [&](conf::YamlValue& value) { read_server(value, dns.servers); });
  node.read_duration("timeout", dns.timeout, kTimeout);
  node.read("attempts", dns.attempts, kAttempts);
  node.read_duration("ttl_min", dns.ttl_min, kLeastTtl);
  node.read_duration("ttl_max", dns.ttl_max, kMostTtl);
  if (dns.ttl_max < dns.ttl_min) node.error_at("ttl_max", "'ttl_max' is less than 'ttl_min'");
}

}  // namespace poise::net
