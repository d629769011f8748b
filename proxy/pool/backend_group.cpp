#include "proxy/pool/backend_group.h"

#include "proxy/base/log.h"

namespace poise::pool {
namespace {

std::vector<balancing::SharedLoad*> shared_loads(const PoolPlan& plan) {
  std::vector<balancing::SharedLoad*> loads;
  for (const auto& record : plan.backend_records) loads.push_back(&record->load);
  return loads;
}

}  // namespace

BackendGroup::BackendGroup(net::Loop& loop, const PoolPlan& plan, std::size_t worker,
                           std::uint64_t seed)
    : plan_(plan),
      selector_(plan.strategy, plan.backends, seed, plan.selection, shared_loads(plan)),
      retry_budget_(plan.config.retry),
      pool_cells_(plan.record->cells.of(worker)) {
  for (std::size_t i = 0; i < plan.config.backends.size(); ++i) {
    BackendRecord& record = *plan.backend_records[i];
    pools_.push_back(
        std::make_unique<BackendPool>(loop, plan.config.backends[i], plan.config, record.shared));
    cells_.push_back(&record.cells.of(worker));
  }
  pull_status(plan.record->status_version.load(std::memory_order_acquire));
}

// The version is read before the bytes: what changes meanwhile is seen again at the next pick.
void BackendGroup::pull_status(std::uint32_t version) {
  status_version_ = version;
  for (balancing::BackendIndex i = 0; i < plan_.backend_records.size(); ++i) {
    const BackendRecord& record = *plan_.backend_records[i];
    selector_.set_status(i, record.status.load(std::memory_order_relaxed),
                         record.status_since.load(std::memory_order_relaxed));
  }
  tell_panic();
}

// Whichever worker sees it first says it for all.
void BackendGroup::tell_panic() {
  const bool panics = selector_.is_panicking();
  if (plan_.record->panics.exchange(panics, std::memory_order_relaxed) == panics) return;
  if (panics) {
    base::log(base::Level::warn,
              "pool {} panics: fewer than {}% of its backends are healthy, so health is ignored",
              plan_.config.name, plan_.selection.panic * 100);
  } else {
    base::log(base::Level::info, "pool {} no longer panics: health counts again",
              plan_.config.name);
  }
}

void BackendGroup::drain() {
  for (const auto& pool : pools_) pool->drain();
}

}  // namespace poise::pool
