// ip-hash: a client's address always leads to the same backend, found in a small Maglev table.
// `key` may name something else than the client's address. Shares are even to 1 % of a backend's.
// Pure.
#pragma once

#include <memory>

#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::balancing {

std::shared_ptr<const Plan> plan_ip_hash(const BackendSet& backends, const BalanceConfig& config);
std::shared_ptr<const StrategyOptions> read_ip_hash(conf::YamlMap& map);

}  // namespace poise::balancing
