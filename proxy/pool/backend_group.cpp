#include "proxy/pool/backend_group.h"

namespace poise::pool {

BackendGroup::BackendGroup(net::Loop& loop, const PoolPlan& plan, std::uint64_t seed)
    : plan_(plan),
      selector_(plan.strategy, plan.backends, seed),
      retry_budget_(plan.config.retry),
      cells_(new BackendCells[plan.config.backends.size()]) {
  for (std::size_t i = 0; i < plan.config.backends.size(); ++i) {
    pools_.push_back(
        std::make_unique<BackendPool>(loop, plan.config.backends[i], plan.config, plan.shared[i]));
  }
}

void BackendGroup::drain() {
  for (const auto& pool : pools_) pool->drain();
}

}  // namespace poise::pool
