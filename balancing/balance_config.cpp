#include "balancing/balance_config.h"

#include <string_view>
#include <vector>

#include "balancing/strategies.h"
#include "conf/reader/reading_observer.h"
#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"

namespace poise::balancing {

namespace {

void report_unknown(conf::YamlValue& value, const std::string& name) {
  std::vector<std::string> names;
  for (const StrategyEntry& entry : all_strategies()) names.emplace_back(entry.name);
  conf::note_words(names);
  value.error("must be a strategy, not " + conf::quoted(name) + conf::did_you_mean(name, names));
}

// nullptr, with the reason reported, when no such strategy can be used.
const StrategyEntry* read_strategy(conf::YamlValue& value, BalanceConfig& config) {
  const auto name = value.text();
  if (!name) return nullptr;
  const StrategyEntry* entry = find_strategy(*name);
  if (entry == nullptr) {
    report_unknown(value, *name);
    return nullptr;
  }
  config.strategy = *name;
  return entry;
}

}  // namespace

conf::Settings shown(const BalanceConfig& config) {
  conf::Settings settings{{"strategy", config.strategy}};
  if (config.options == nullptr) return settings;
  for (auto& option : config.options->shown()) settings.push_back(std::move(option));
  return settings;
}

BalanceConfig parse_balance(conf::YamlValue& node) {
  BalanceConfig config;
  if (!node.is_map()) {
    read_strategy(node, config);
    return config;
  }
  node.read_map(node.what(), [&](conf::YamlMap& map) {
    if (!map.has("strategy")) map.error(map.owner() + " has no 'strategy'");
    map.with("strategy", [&](conf::YamlValue& value) {
      const StrategyEntry* entry = read_strategy(value, config);
      if (entry == nullptr) return map.ignore_rest();
      if (entry->read_options != nullptr) config.options = entry->read_options(map);
    });
  });
  return config;
}

}  // namespace poise::balancing
