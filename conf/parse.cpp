#include "conf/parse.h"

#include <algorithm>
#include <string>
#include <utility>

#include "conf/admin_config.h"
#include "conf/listener_config.h"
#include "conf/places.h"
#include "conf/reader/names.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/net/address_config.h"

namespace poise::conf {

namespace {

constexpr Range<std::uint32_t> kWorkers{1, 1024};
constexpr Range<base::Duration> kUpgradeTimeout{std::chrono::milliseconds(100),
                                                std::chrono::hours(1)};

void read_worker_count(YamlValue& value, std::uint32_t& workers) {
  if (value.is_text() && value.text() == "auto") return;
  value.read(workers, kWorkers);
}

// `workers: 4`, or `workers: { count: 4, affinity: true }`.
void parse_workers(YamlMap& node, Config& config) {
  node.read("affinity", config.affinity);
  node.with("workers", [&](YamlValue& value) {
    if (!value.is_map()) return read_worker_count(value, config.workers);
    value.read_map("'workers'", [&](YamlMap& map) {
      map.with("count", [&](YamlValue& count) { read_worker_count(count, config.workers); });
      map.read("affinity", config.affinity);
    });
  });
}

void parse_log(YamlMap& node, LogConfig& log) {
  node.read_choice<LogLevel>("level", log.level,
                             {{"debug", LogLevel::debug},
                              {"info", LogLevel::info},
                              {"warn", LogLevel::warn},
                              {"error", LogLevel::error}});
  node.read_choice<LogFormat>("format", log.format,
                              {{"text", LogFormat::text}, {"json", LogFormat::json}});
  node.read_map("access", [&](YamlMap& map) { log.access = exchange::parse_access_log(map); });
}

void parse_shutdown(YamlMap& node, Config& config) { node.read_duration("drain", config.drain); }

void parse_upgrade(YamlMap& node, Config& config) {
  node.read_duration("timeout", config.upgrade_timeout, kUpgradeTimeout);
}

// Always one element for each entry of the list, so that indexes agree with the text.
void parse_listeners(YamlValue& list, Parsed& parsed) {
  if (list.is_list() && list.size() == 0) return list.error("must hold at least one listener");
  list.each([&](YamlValue& value) {
    const std::size_t before = list.diagnostics().error_count();
    ListenerConfig listener;
    const std::size_t index = parsed.config.listeners.size();
    value.read_map(value.what(), [&](YamlMap& map) { listener = parse_listener(map, index); });
    parsed.config.listeners.push_back(std::move(listener));
    parsed.sound_listeners.push_back(list.diagnostics().error_count() == before);
  });
}

void parse_one_pool(const std::string& name, YamlValue& value,
                    std::vector<pool::PoolConfig>& pools) {
  std::string_view fault = name_fault(name);
  if (name.find('/') != std::string::npos) fault = "must not hold '/'";
  if (!fault.empty()) value.error_at_key(fault);
  pool::PoolConfig pool;
  pool.name = name;
  value.read_map(value.what(), [&](YamlMap& map) { pool = pool::parse_pool(name, map); });
  pools.push_back(std::move(pool));
}

void parse_tests(YamlValue& list, std::vector<RouteTest>& tests) {
  list.each([&](YamlValue& value) { tests.push_back(parse_route_test(value)); });
}

void parse_root(YamlMap& root, Parsed& parsed) {
  Config& config = parsed.config;
  parse_workers(root, config);
  parse_admin(root, config.admin);
  root.read_map("log", [&](YamlMap& map) { parse_log(map, config.log); });
  root.read_map("tracing", [&](YamlMap& map) { config.tracing = tracing::parse_tracing(map); });
  net::read_networks(root, "trusted_proxies", config.trusted_proxies);
  root.read_map("dns", [&](YamlMap& map) { net::parse_dns(map, config.dns); });
  root.read_name("zone", config.zone);
  root.read_map("shutdown", [&](YamlMap& map) { parse_shutdown(map, config); });
  root.read_map("upgrade", [&](YamlMap& map) { parse_upgrade(map, config); });
  if (!root.has("listeners")) root.error("the configuration has no 'listeners'");
  root.with("listeners", [&](YamlValue& list) { parse_listeners(list, parsed); });
  root.entries("pools", [&](const std::string& name, YamlValue& value) {
    parse_one_pool(name, value, config.pools);
  });
  root.with("tests", [&](YamlValue& list) { parse_tests(list, config.tests); });
}

// A route's `retry` says only what differs from its pool's; parse_route, which knows no pools, read
// it over the defaults.
void inherit_retry(const YamlNode& retry, const std::vector<pool::PoolConfig>& pools,
                   exchange::RouteConfig& route) {
  const auto pool = std::find_if(pools.begin(), pools.end(), [&](const auto& candidate) {
    return candidate.name == route.pool;
  });
  if (pool == pools.end()) return;
  route.retry = pool->retry;
  Diagnostics already_reported;
  YamlMap map(retry, "", already_reported);
  pool::parse_retry(map, route.retry);
}

void inherit_retries(const YamlNode& root, Config& config) {
  const Places places(root);
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    auto& routes = config.listeners[i].routes;
    for (std::size_t j = 0; j < routes.size(); ++j) {
      const YamlNode* retry = places.node({"listeners", i, "routes", j, "retry"});
      if (retry != nullptr) inherit_retry(*retry, config.pools, routes[j]);
    }
  }
}

}  // namespace

Parsed parse_config(const YamlNode& root, Diagnostics& diagnostics) {
  Parsed parsed;
  YamlMap map(root, std::string(kTopLevel), diagnostics);
  parse_root(map, parsed);
  map.finish();
  inherit_retries(root, parsed.config);
  return parsed;
}

}  // namespace poise::conf
