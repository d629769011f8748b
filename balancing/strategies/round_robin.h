// round-robin, the default: turns in proportion to the weights, spread as evenly as they allow
// (weights 5,1,1 give a a b a c a a, not five in a row). Workers start at different turns. Pure.
#pragma once

#include <memory>

#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::balancing {

std::shared_ptr<const Plan> plan_round_robin(const BackendSet& backends,
                                             const BalanceConfig& config);

}  // namespace poise::balancing
