#include "proxy/pool/backend_group.h"

#include <utility>

#include "proxy/base/log.h"

namespace poise::pool {
namespace {

std::vector<balancing::SharedLoad*> shared_loads(const PoolPlan& plan) {
  std::vector<balancing::SharedLoad*> loads;
  for (const auto& record : plan.backend_records) loads.push_back(&record->load);
  return loads;
}

}  // namespace

BackendGroup::BackendGroup(std::shared_ptr<const PoolPlan> plan,
                           std::vector<base::Ref<BackendPool>> pools, std::size_t worker,
                           std::uint64_t seed)
    : plan_(std::move(plan)),
      record_(*plan_->record),
      selector_(plan_->strategy, plan_->backends, seed, plan_->selection, shared_loads(*plan_)),
      pools_(std::move(pools)),
      retry_budget_(plan_->config.retry),
      pool_cells_(record_.cells.of(worker)) {
  const bool has_sessions = plan_->strategy->sessions() != nullptr;
  for (const auto& record : plan_->backend_records) {
    cells_.push_back(&record->cells.of(worker));
    if (has_sessions) sightings_.push_back(&record->sightings.of(worker));
  }
  pull_status(record_.status_version.load(std::memory_order_acquire));
}

// The version is read before the bytes: what changes meanwhile is seen again at the next pick.
void BackendGroup::pull_status(std::uint32_t version) {
  status_version_ = version;
  for (balancing::BackendIndex i = 0; i < plan_->backend_records.size(); ++i) {
    const BackendRecord& record = *plan_->backend_records[i];
    selector_.set_status(i, record.status.load(std::memory_order_relaxed),
                         record.status_since.load(std::memory_order_relaxed));
  }
  tell_panic();
}

// Whichever worker sees it first says it for all.
void BackendGroup::tell_panic() {
  const bool panics = selector_.is_panicking();
  if (record_.panics.exchange(panics, std::memory_order_relaxed) == panics) return;
  if (panics) {
    base::log(base::Level::warn,
              "pool {} panics: fewer than {}% of its backends are healthy, so health is ignored",
              plan_->config.name, plan_->selection.panic * 100);
  } else {
    base::log(base::Level::info, "pool {} no longer panics: health counts again",
              plan_->config.name);
  }
}

}  // namespace poise::pool
