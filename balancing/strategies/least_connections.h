// least-connections: the lowest (in flight + 1) / weight, over all workers together. Equals take
// turns. Looks at every usable backend, so its cost grows with the pool. Pure.
#pragma once

#include <memory>

#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::balancing {

std::shared_ptr<const Plan> plan_least_connections(const BackendSet& backends,
                                                   const BalanceConfig& config);

}  // namespace poise::balancing
