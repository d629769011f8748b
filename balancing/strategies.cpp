#include "balancing/strategies.h"

#include <algorithm>

#include "balancing/strategies/ip_hash.h"
#include "balancing/strategies/least_connections.h"
#include "balancing/strategies/maglev.h"
#include "balancing/strategies/peak_ewma.h"
#include "balancing/strategies/power_of_two.h"
#include "balancing/strategies/random.h"
#include "balancing/strategies/ring_hash.h"
#include "balancing/strategies/round_robin.h"
#include "balancing/strategies/sticky_cookie.h"

namespace poise::balancing {
namespace {

constexpr StrategyEntry kStrategies[] = {
    {"round-robin", plan_round_robin},
    {"least-connections", plan_least_connections},
    {"power-of-two", plan_power_of_two},
    {"peak-ewma", plan_peak_ewma},
    {"random", plan_random},
    {"ip-hash", plan_ip_hash, read_ip_hash},
    {"maglev", plan_maglev, read_maglev},
    {"ring-hash", plan_ring_hash, read_ring_hash},
    {"sticky-cookie", plan_sticky_cookie, read_sticky_cookie},
};

}  // namespace

std::span<const StrategyEntry> all_strategies() { return kStrategies; }

const StrategyEntry* find_strategy(std::string_view name) {
  const auto* found = std::find_if(std::begin(kStrategies), std::end(kStrategies),
                                   [&](const StrategyEntry& entry) { return entry.name == name; });
  return found == std::end(kStrategies) ? nullptr : found;
}

std::shared_ptr<const Plan> make_plan(const BackendSet& backends, const BalanceConfig& config) {
  const StrategyEntry* entry = find_strategy(config.strategy);
  return entry == nullptr ? nullptr : entry->make_plan(backends, config);
}

}  // namespace poise::balancing
