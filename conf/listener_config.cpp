#include "conf/listener_config.h"

#include <string_view>
#include <utility>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/net/address_config.h"
#include "proxy/net/proxy_protocol_config.h"

namespace poise::conf {

namespace {

void read_one_bind(YamlValue& value, ListenerConfig& listener) {
  net::Address address;
  net::read_bind(value, address);
  listener.bind.push_back(address);
}

void parse_bind(YamlMap& node, ListenerConfig& listener) {
  if (!node.has("bind")) node.error(node.owner() + " has no 'bind'");
  node.with("bind", [&](YamlValue& value) {
    if (!value.is_list()) return read_one_bind(value, listener);
    if (value.size() == 0) return value.error("must name at least one address");
    value.each([&](YamlValue& item) { read_one_bind(item, listener); });
  });
}

// The bind as written, or the first of several.
std::string default_name(YamlMap& node, std::size_t index) {
  std::string name = "listener-" + std::to_string(index + 1);
  const auto take = [&](YamlValue& value) {
    if (value.is_text()) value.read(name);
  };
  node.with("bind", [&](YamlValue& value) {
    if (!value.is_list()) return take(value);
    bool first = true;
    value.each([&](YamlValue& item) {
      if (std::exchange(first, false)) take(item);
    });
  });
  return name;
}

void read_protocol(YamlValue& value, Protocol& protocol) {
  const auto name = value.text();
  if (!name) return;
  if (*name == "udp") return value.error("is 'udp', which is not supported yet");
  value.read_choice<Protocol>(protocol, {{"http", Protocol::http},
                                         {"tcp", Protocol::tcp},
                                         {"tls-passthrough", Protocol::tls_passthrough}});
}

void parse_routes(YamlMap& node, ListenerConfig& listener) {
  node.with("routes", [&](YamlValue& list) {
    if (list.is_list() && list.size() == 0) return list.error("must hold at least one route");
    list.each([&](YamlValue& value) {
      const std::size_t index = listener.routes.size();
      exchange::RouteConfig route;
      value.read_map(node.owner(),
                     [&](YamlMap& map) { route = exchange::parse_route(map, index); });
      listener.routes.push_back(std::move(route));
    });
  });
}

// `pool: NAME` or `redirect: https`: one route that matches everything.
void parse_shorthand(YamlMap& node, ListenerConfig& listener) {
  std::string_view given;
  for (const std::string_view key : {"pool", "redirect", "routes"}) {
    if (!node.has(key)) continue;
    if (!given.empty()) {
      return node.error_at(given, node.owner() + " has both " + quoted(given) + " and " +
                                      quoted(key) + "; only one can be");
    }
    given = key;
  }
  if (given.empty() || given == "routes") return;
  exchange::RouteConfig route;
  route.name = "route-1";
  node.read_name("pool", route.pool);
  if (node.has("redirect")) route.redirect = exchange::parse_redirect(node);
  listener.routes.push_back(std::move(route));
}

}  // namespace

std::string_view to_text(Protocol protocol) {
  switch (protocol) {
    case Protocol::http:
      break;
    case Protocol::tcp:
      return "tcp";
    case Protocol::tls_passthrough:
      return "tls-passthrough";
  }
  return "http";
}

ListenerConfig parse_listener(YamlMap& node, std::size_t index) {
  ListenerConfig listener;
  listener.name = default_name(node, index);
  node.describe("listener " + quoted(listener.name));
  node.read_name("name", listener.name);
  node.describe("listener " + quoted(listener.name));
  parse_bind(node, listener);
  node.with("protocol", [&](YamlValue& value) { read_protocol(value, listener.protocol); });
  net::read_proxy_protocol(node, listener.proxy_protocol);
  node.read_map("tls", [&](YamlMap& map) {
    const bool is_http = listener.protocol == Protocol::http;
    listener.tls = tls::parse_server(map, is_http ? tls::Speaks::http : tls::Speaks::bytes);
  });
  node.read_map("limits", [&](YamlMap& map) { listener.limits = http::parse_limits(map); });
  node.read_map("timeouts", [&](YamlMap& map) { listener.timeouts = http::parse_timeouts(map); });
  parse_shorthand(node, listener);
  parse_routes(node, listener);
  if (!node.has("pool") && !node.has("redirect") && !node.has("routes")) {
    node.error(node.owner() + " has none of 'pool', 'redirect' and 'routes'");
  }
  return listener;
}

}  // namespace poise::conf
