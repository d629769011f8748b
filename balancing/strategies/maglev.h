// maglev: a key always leads to the same backend, on every poise with the same backends, by a table
// of 65537 entries (655373 for pools of more than 6553, the paper's sizes). Evener than ring-hash;
// when a backend comes or goes a few keys of others move, too. Pure.
#pragma once

#include <memory>

#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::balancing {

std::shared_ptr<const Plan> plan_maglev(const BackendSet& backends, const BalanceConfig& config);
std::shared_ptr<const StrategyOptions> read_maglev(conf::YamlMap& map);

}  // namespace poise::balancing
