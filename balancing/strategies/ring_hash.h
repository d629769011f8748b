// ring-hash: a key leads to the same backend, found on a ring, as long as that one has not more
// than `load_factor` times its share of the requests in flight on all workers (and more than a
// few); then the next on the ring with room takes it (consistent hashing with bounded loads,
// Mirrokni, Thorup and Zadimoghaddam 2018). When a backend comes or goes no other's keys move.
// Constant time. Pure.
#pragma once

#include <memory>

#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::balancing {

std::shared_ptr<const Plan> plan_ring_hash(const BackendSet& backends, const BalanceConfig& config);
std::shared_ptr<const StrategyOptions> read_ring_hash(conf::YamlMap& map);

}  // namespace poise::balancing
