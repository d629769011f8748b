#include "proxy/exchange/route_config.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/exchange/route_parts.h"
#include "proxy/http/field_syntax.h"
#include "proxy/net/address_config.h"

namespace poise::exchange {

namespace {

constexpr std::array<std::string_view, 4> kActions{"pool", "split", "redirect", "respond"};
constexpr conf::Range<std::uint32_t> kSplitWeight{0, 1'000'000};

void parse_split(conf::YamlValue& value, std::vector<SplitConfig>& split) {
  value.entries([&](const std::string& name, conf::YamlValue& weight) {
    SplitConfig part{name, 1};
    weight.read(part.weight, kSplitWeight);
    split.push_back(std::move(part));
  });
  if (!value.is_map()) return;
  if (split.empty()) return value.error("must name at least one pool");
  const bool all_zero = std::all_of(split.begin(), split.end(),
                                    [](const SplitConfig& part) { return part.weight == 0; });
  if (all_zero) value.error("needs a weight above 0");
}

void require_one_action(conf::YamlMap& node) {
  std::vector<std::string> given;
  for (const auto action : kActions) {
    if (node.has(action)) given.emplace_back(action);
  }
  if (given.size() == 1) return;
  if (given.empty()) {
    return node.error(node.owner() + " needs one of 'pool', 'split', 'redirect' and 'respond'");
  }
  node.error_at(given[1], node.owner() + " has both " + conf::quoted(given[0]) + " and " +
                              conf::quoted(given[1]) + "; only one can be");
}

void parse_action(conf::YamlMap& node, RouteConfig& route) {
  require_one_action(node);
  node.read_name("pool", route.pool);
  node.with("split", [&](conf::YamlValue& value) { parse_split(value, route.split); });
  if (node.has("redirect")) route.redirect = parse_redirect(node);
  node.read_map("respond", [&](conf::YamlMap& map) { route.respond = parse_respond(map); });
}

// What only makes sense when a backend is asked.
void require_pool_for(conf::YamlMap& node, std::initializer_list<std::string_view> keys) {
  if (!node.has("redirect") && !node.has("respond")) return;
  for (const auto key : keys) {
    if (!node.has(key)) continue;
    node.error_at(key, conf::quoted(key) + " in " + node.owner() + " has no effect without a pool");
  }
}

void parse_route_timeouts(conf::YamlMap& node, RouteConfig& route) {
  node.read_duration("request", route.request_timeout);
  node.read_duration("try", route.try_timeout);
  const bool both = route.request_timeout.count() > 0 && route.try_timeout.count() > 0;
  if (both && route.try_timeout > route.request_timeout) {
    node.error_at("try", "'try' in " + node.owner() + " is longer than its 'request'");
  }
}

// One line each: the subsystem that gets built replaces its line by its own parser.
void reject_what_is_not_built(conf::YamlMap& node) {
  node.reject_unsupported("rate_limit");
  node.reject_unsupported("mirror");
  node.reject_unsupported("compress", {"false", "off", "no"});
  node.reject_unsupported("cache");
}

void read_rewrite_path(conf::YamlMap& node, std::string_view key, std::string& out) {
  node.with(key, [&](conf::YamlValue& value) {
    const auto path = value.text();
    if (!path) return;
    if (!path->starts_with('/') || !http::is_visible(*path) || path->find('#') != path->npos) {
      return value.error("must be a path that begins with '/', not " + conf::quoted(*path));
    }
    out = *path;
  });
}

}  // namespace

RewriteConfig parse_rewrite(conf::YamlMap& node) {
  RewriteConfig rewrite;
  read_rewrite_path(node, "strip_prefix", rewrite.strip_prefix);
  read_rewrite_path(node, "path", rewrite.path);
  if (node.has("strip_prefix") && node.has("path")) {
    node.error_at("path", node.owner() + " has both 'strip_prefix' and 'path'; only one can be");
  }
  node.with("host", [&](conf::YamlValue& value) {
    const auto host = value.text();
    if (!host) return;
    const bool bad = host->empty() || !http::is_visible(*host) ||
                     host->find_first_of("/@?#\\,\"<>") != std::string::npos;
    if (bad) return value.error("must be a host such as app.internal, not " + conf::quoted(*host));
    rewrite.host = *host;
  });
  return rewrite;
}

RouteConfig parse_route(conf::YamlMap& node, std::size_t index) {
  RouteConfig route;
  const std::string listener = node.owner();
  route.name = "route-" + std::to_string(index + 1);
  node.describe(conf::quoted(route.name) + " of " + listener);
  node.read_name("name", route.name);
  node.describe("route " + conf::quoted(route.name) + " of " + listener);
  node.read_map("match", [&](conf::YamlMap& map) { route.match = parse_match(map); });
  parse_action(node, route);
  node.read_map("rewrite", [&](conf::YamlMap& map) { route.rewrite = parse_rewrite(map); });
  node.read_map("request_headers",
                [&](conf::YamlMap& map) { route.request_headers = parse_header_edits(map); });
  node.read_map("response_headers",
                [&](conf::YamlMap& map) { route.response_headers = parse_header_edits(map); });
  node.read_map("timeouts", [&](conf::YamlMap& map) { parse_route_timeouts(map, route); });
  route.has_retry = node.has("retry");
  node.read_map("retry", [&](conf::YamlMap& map) { pool::parse_retry(map, route.retry); });
  require_pool_for(node, {"rewrite", "request_headers", "retry"});
  net::read_networks(node, "allow", route.allow);
  net::read_networks(node, "deny", route.deny);
  reject_what_is_not_built(node);
  return route;
}

}  // namespace poise::exchange
