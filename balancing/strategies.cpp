#include "balancing/strategies.h"

#include "balancing/strategies/round_robin.h"

namespace poise::balancing {
namespace {

constexpr StrategyEntry kStrategies[] = {
    {"round-robin", plan_round_robin},
};

}  // namespace

std::span<const StrategyEntry> all_strategies() { return kStrategies; }

std::shared_ptr<const Plan> make_plan(const BackendSet& backends, const BalanceConfig& config) {
  for (const auto& entry : kStrategies) {
    if (entry.name == config.strategy) return entry.make_plan(backends, config);
  }
  return nullptr;
}

}  // namespace poise::balancing
