// The list of all strategies, by the name a configuration gives. Adding one is its own file pair
// and a line in strategies.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "balancing/backend_set.h"
#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::balancing {

struct StrategyEntry {
  std::string_view name;
  std::shared_ptr<const Plan> (*make_plan)(const BackendSet& backends, const BalanceConfig& config);
  // Of the map that names the strategy; nullptr: it takes none.
  std::shared_ptr<const StrategyOptions> (*read_options)(conf::YamlMap& map) = nullptr;
};

std::span<const StrategyEntry> all_strategies();
// nullptr when no strategy has that name.
const StrategyEntry* find_strategy(std::string_view name);

// nullptr when no strategy has that name, which the configuration's parser refuses.
std::shared_ptr<const Plan> make_plan(const BackendSet& backends, const BalanceConfig& config);

}  // namespace poise::balancing
