#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "conf/reader/suggestion.h"
#include "conf/rules.h"

namespace poise::conf {

namespace {

class PoolNames {
 public:
  PoolNames(const Config& config, Diagnostics& diagnostics) : diagnostics_(diagnostics) {
    for (const auto& pool : config.pools) names_.push_back(pool.name);
    known_.insert(names_.begin(), names_.end());
  }

  void use(const std::string& name, Position at, const std::string& route) {
    if (name.empty()) return;
    used_.insert(name);
    if (known_.contains(name)) return;
    const std::string hint = names_.empty() ? "; no pool is" : did_you_mean(name, names_);
    diagnostics_.error(at, route + " uses pool " + quoted(name) + ", which is not defined" + hint);
  }
  bool is_used(const std::string& name) const { return used_.contains(name); }

 private:
  Diagnostics& diagnostics_;
  std::vector<std::string> names_;
  std::unordered_set<std::string> known_;
  std::unordered_set<std::string> used_;
};

std::string describe(const ListenerConfig& listener, const exchange::RouteConfig& route) {
  return "route " + quoted(route.name) + " of listener " + quoted(listener.name);
}

void use_pools_of(const ListenerConfig& listener, std::size_t i, const Places& places,
                  PoolNames& names) {
  const bool shorthand = places.node({"listeners", i, "routes"}) == nullptr;
  for (std::size_t j = 0; j < listener.routes.size(); ++j) {
    const auto& route = listener.routes[j];
    const Position at = shorthand ? places.value({"listeners", i, "pool"})
                                  : places.value({"listeners", i, "routes", j, "pool"});
    names.use(route.pool, at,
              shorthand ? "listener " + quoted(listener.name) : describe(listener, route));
    for (const auto& part : route.split) {
      const Position part_at = places.key({"listeners", i, "routes", j, "split", part.pool});
      names.use(part.pool, part_at, describe(listener, route));
    }
  }
}

}  // namespace

void check_pool_names(const Config& config, const Places& places, Diagnostics& diagnostics) {
  const YamlNode* section = places.node({"pools"});
  if (section != nullptr && section->kind != YamlNode::Kind::map) return;
  const bool complete = !diagnostics.failed();
  PoolNames names(config, diagnostics);
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    use_pools_of(config.listeners[i], i, places, names);
  }
  // A route that could not be read may be the one that uses it.
  if (!complete) return;
  for (const auto& pool : config.pools) {
    if (names.is_used(pool.name)) continue;
    diagnostics.warn(places.key({"pools", pool.name}),
                     "pool " + quoted(pool.name) + " is not used");
  }
}

void check_weights(const Config& config, const Places& places, Diagnostics& diagnostics) {
  for (const auto& pool : config.pools) {
    const auto& backends = pool.backends;
    const bool none = std::all_of(backends.begin(), backends.end(),
                                  [](const auto& backend) { return backend.weight == 0; });
    if (backends.empty() || !none || pool.discover.question.is_asked()) continue;
    diagnostics.error(places.key({"pools", pool.name, "backends"}),
                      "pool " + quoted(pool.name) + " has no backend with a weight above 0");
  }
}

}  // namespace poise::conf
