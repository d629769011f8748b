// One worker's view of one pool: whom to call (selector) and on which connection (pools), with its
// retry budget and metric cells. PoolPlan is the part all workers share, made with the snapshot.
// What outlives a configuration is in the records (backend_record.h).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "balancing/backend_set.h"
#include "balancing/selector.h"
#include "proxy/pool/backend_pool.h"
#include "proxy/pool/backend_record.h"
#include "proxy/pool/retry_budget.h"

namespace poise::pool {

struct PoolPlan {
  PoolConfig config;
  balancing::BackendSet backends;
  std::shared_ptr<const balancing::Plan> strategy;
  balancing::SelectorConfig selection;
  std::shared_ptr<PoolRecord> record;
  std::vector<std::shared_ptr<BackendRecord>> backend_records;  // by index, none null
};

class BackendGroup {
 public:
  // `plan` outlives the group. `worker` is the worker's index.
  BackendGroup(net::Loop& loop, const PoolPlan& plan, std::size_t worker, std::uint64_t seed);

  // As Selector::pick, with the health of this moment.
  std::optional<balancing::BackendIndex> pick(const balancing::PickRequest& request) {
    take_status();
    return selector_.pick(request);
  }
  // For what becomes of a picked backend. Who picks calls pick() above.
  balancing::Selector& selector() { return selector_; }
  BackendPool& pool(balancing::BackendIndex index) { return *pools_[index]; }
  const PoolPlan& plan() const { return plan_; }
  RetryBudget& retry_budget() { return retry_budget_; }
  BackendRecord& record(balancing::BackendIndex index) { return *plan_.backend_records[index]; }
  BackendCells& cells(balancing::BackendIndex index) { return *cells_[index]; }
  PoolCells& pool_cells() { return pool_cells_; }

  void drain();

 private:
  void take_status() {
    const std::uint32_t version = plan_.record->status_version.load(std::memory_order_acquire);
    if (version != status_version_) pull_status(version);
  }
  void pull_status(std::uint32_t version);
  void tell_panic();

  const PoolPlan& plan_;
  balancing::Selector selector_;
  std::uint32_t status_version_ = 0;  // that the selector knows
  std::vector<std::unique_ptr<BackendPool>> pools_;
  RetryBudget retry_budget_;
  std::vector<BackendCells*> cells_;
  PoolCells& pool_cells_;
};

}  // namespace poise::pool
