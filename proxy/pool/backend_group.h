// One worker's view of one pool: whom to call (selector) and on which connection (pools), with its
// retry budget and metric cells. Belongs to one plan; whoever began with it keeps it by a Ref. What
// outlives a configuration is in the records (backend_record.h) and the BackendPools.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "balancing/selector.h"
#include "proxy/base/counted.h"
#include "proxy/pool/backend_pool.h"
#include "proxy/pool/backend_record.h"
#include "proxy/pool/pool_plan.h"
#include "proxy/pool/retry_budget.h"

namespace poise::pool {

class BackendGroup {
 public:
  // `pools` are the plan's backends', by index; `worker` is the worker's index.
  BackendGroup(std::shared_ptr<const PoolPlan> plan, std::vector<base::Ref<BackendPool>> pools,
               std::size_t worker, std::uint64_t seed);
  BackendGroup(const BackendGroup&) = delete;
  BackendGroup& operator=(const BackendGroup&) = delete;

  // As Selector::pick, with the health of this moment.
  std::optional<balancing::BackendIndex> pick(const balancing::PickRequest& request) {
    take_status();
    return selector_.pick(request);
  }
  // For what becomes of a picked backend. Who picks calls pick() above.
  balancing::Selector& selector() { return selector_; }
  BackendPool& pool(balancing::BackendIndex index) { return *pools_[index]; }
  const PoolPlan& plan() const { return *plan_; }
  RetryBudget& retry_budget() { return retry_budget_; }
  BackendRecord& record(balancing::BackendIndex index) { return *plan_->backend_records[index]; }
  BackendCells& cells(balancing::BackendIndex index) { return *cells_[index]; }
  PoolCells& pool_cells() { return pool_cells_; }
  // A session of this client (a hash) is served by that backend. Requires: the pool has sessions.
  void saw_session(balancing::BackendIndex index, std::uint64_t client, base::MonotonicTime now) {
    sightings_[index]->saw(client, now);
  }

  base::OwnerCount owners;

 private:
  void take_status() {
    const std::uint32_t version = record_.status_version.load(std::memory_order_acquire);
    if (version != status_version_) pull_status(version);
  }
  void pull_status(std::uint32_t version);
  void tell_panic();

  std::shared_ptr<const PoolPlan> plan_;
  PoolRecord& record_;
  balancing::Selector selector_;
  std::uint32_t status_version_ = 0;  // that the selector knows
  std::vector<base::Ref<BackendPool>> pools_;
  RetryBudget retry_budget_;
  std::vector<BackendCells*> cells_;
  std::vector<SessionSightings*> sightings_;  // by backend, where the pool has sessions
  PoolCells& pool_cells_;
};

}  // namespace poise::pool
