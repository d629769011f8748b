// random: each backend as often as its weight says, in constant time. Needs no memory of what was,
// so any number of workers and poises share the load evenly. Pure.
#pragma once

#include <memory>

#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::balancing {

std::shared_ptr<const Plan> plan_random(const BackendSet& backends, const BalanceConfig& config);

}  // namespace poise::balancing
