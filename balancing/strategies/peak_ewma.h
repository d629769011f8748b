// peak-ewma: of two backends drawn by weight the one with the lower cost, which is
//   expected latency * (in flight + 1) / weight.
// The expected latency follows a slower answer at once and quicker ones with the time constant
// kDecay (as in Finagle's peak EWMA), so a slow backend is found within one answer and looked at
// again when it has rested. A backend without an answer yet is tried at once, but by one request
// only. A failure counts as an answer four times as slow as expected; a try given up says something
// only when it had waited longer than expected. Each worker learns on its own. Constant time. Pure.
#pragma once

#include <memory>

#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::balancing {

std::shared_ptr<const Plan> plan_peak_ewma(const BackendSet& backends, const BalanceConfig& config);

}  // namespace poise::balancing
