// power-of-two: draws two backends by weight and takes the one with fewer requests in flight for
// its weight (Mitzenmacher 2001); between equals the first drawn, so that an idle pool is shared by
// weight. Counts this worker's requests. Constant time. Pure.
#pragma once

#include <memory>

#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::balancing {

std::shared_ptr<const Plan> plan_power_of_two(const BackendSet& backends,
                                              const BalanceConfig& config);

}  // namespace poise::balancing
