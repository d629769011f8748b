// One worker's view of one pool: whom to call (selector) and on which connection (pools), with its
// retry budget and metric cells. PoolPlan is the part all workers share, made with the snapshot.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "balancing/backend_set.h"
#include "balancing/selector.h"
#include "proxy/base/counters.h"
#include "proxy/base/error.h"
#include "proxy/pool/backend_pool.h"
#include "proxy/pool/retry_budget.h"

namespace poise::pool {

struct PoolPlan {
  PoolConfig config;
  balancing::BackendSet backends;
  std::shared_ptr<const balancing::Plan> strategy;
  std::unique_ptr<SharedBackend[]> shared;  // the only part that changes: relaxed atomics
};

// Cells by interface.md's metric names, each without its poise_backend_ and _total.
struct BackendCells {
  std::array<base::Cell, base::kStatusClasses> requests;
  std::array<base::Cell, base::kCauseCount> failures;
  base::Histogram duration;
  base::Histogram wait;
  base::Cell in_flight;
};
struct PoolCells {
  base::Cell retries;
  base::Cell retry_budget_exhausted;
  base::Histogram queue;
};

class BackendGroup {
 public:
  // `plan` outlives the group.
  BackendGroup(net::Loop& loop, const PoolPlan& plan, std::uint64_t seed);

  balancing::Selector& selector() { return selector_; }
  BackendPool& pool(balancing::BackendIndex index) { return *pools_[index]; }
  const PoolPlan& plan() const { return plan_; }
  RetryBudget& retry_budget() { return retry_budget_; }
  BackendCells& cells(balancing::BackendIndex index) { return cells_[index]; }
  PoolCells& pool_cells() { return pool_cells_; }

  void drain();

 private:
  const PoolPlan& plan_;
  balancing::Selector selector_;
  std::vector<std::unique_ptr<BackendPool>> pools_;
  RetryBudget retry_budget_;
  std::unique_ptr<BackendCells[]> cells_;
  PoolCells pool_cells_;
};

}  // namespace poise::pool
