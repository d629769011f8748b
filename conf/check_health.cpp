#include <set>
#include <string>

#include "conf/reader/suggestion.h"
#include "conf/rules.h"

namespace poise::conf {

namespace {

// The pools that at least one listener of this protocol leads to.
std::set<std::string> pools_of(const Config& config, Protocol protocol) {
  std::set<std::string> names;
  for (const auto& listener : config.listeners) {
    if (listener.protocol != protocol) continue;
    for (const auto& route : listener.routes) {
      names.insert(route.pool);
      for (const auto& part : route.split) names.insert(part.pool);
    }
  }
  return names;
}

}  // namespace

void check_health(const Config& config, const Places& places, Diagnostics& diagnostics) {
  std::set<std::string> of_tcp = pools_of(config, Protocol::tcp);
  of_tcp.merge(pools_of(config, Protocol::tls_passthrough));
  const std::set<std::string> of_http = pools_of(config, Protocol::http);
  for (const auto& pool : config.pools) {
    const bool only_tcp = of_tcp.contains(pool.name) && !of_http.contains(pool.name);
    if (!only_tcp || pool.health.passive.latency_factor == 0) continue;
    diagnostics.warn(
        places.key({"pools", pool.name, "health", "passive", "latency_factor"}),
        "'latency_factor' has no effect in pool " + quoted(pool.name) +
            ": only TCP listeners use it, and nothing tells when a session is answered");
  }
}

}  // namespace poise::conf
