#include "balancing/balance_config.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "balancing/strategies.h"
#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"

namespace poise::balancing {

namespace {

// Every name the configuration may hold; those not in all_strategies() are not built yet.
constexpr std::array<std::string_view, 9> kNames{
    "round-robin",  "least-connections", "ip-hash", "sticky-cookie", "random",
    "power-of-two", "peak-ewma",         "maglev",  "ring-hash"};

bool is_built(std::string_view name) {
  const auto strategies = all_strategies();
  return std::any_of(strategies.begin(), strategies.end(),
                     [&](const StrategyEntry& entry) { return entry.name == name; });
}

void report_unknown(conf::YamlValue& value, const std::string& name) {
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  value.error("must be a strategy, not " + conf::quoted(name) + conf::did_you_mean(name, names));
}

// False, with the reason reported, when no such strategy can be used.
bool read_strategy(conf::YamlValue& value, BalanceConfig& config) {
  const auto name = value.text();
  if (!name) return false;
  if (std::find(kNames.begin(), kNames.end(), *name) == kNames.end()) {
    report_unknown(value, *name);
    return false;
  }
  if (!is_built(*name)) {
    value.error("is " + conf::quoted(*name) + ", which is not supported yet");
    return false;
  }
  config.strategy = *name;
  return true;
}

}  // namespace

BalanceConfig parse_balance(conf::YamlValue& node) {
  BalanceConfig config;
  if (!node.is_map()) {
    read_strategy(node, config);
    return config;
  }
  node.read_map(node.what(), [&](conf::YamlMap& map) {
    if (!map.has("strategy")) map.error(map.owner() + " has no 'strategy'");
    map.with("strategy", [&](conf::YamlValue& value) {
      if (!read_strategy(value, config)) map.ignore_rest();
    });
  });
  return config;
}

}  // namespace poise::balancing
