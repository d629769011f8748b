#include "proxy/pool/group_set.h"

#include <algorithm>
#include <unordered_set>

namespace poise::pool {
namespace {

constexpr base::Duration kSweep = std::chrono::milliseconds(500);

}  // namespace

GroupSet::GroupSet(net::Loop& loop, base::Random& random, std::size_t worker)
    : loop_(loop),
      random_(random),
      worker_(worker),
      sweep_(base::Timer::calling<GroupSet, &GroupSet::sweep>(this)) {}

void GroupSet::follow(const PoolPlans& plans) {
  std::unordered_map<const PoolPlan*, base::Ref<BackendGroup>> before;
  for (const auto& group : groups_) before.emplace(&group->plan(), group);
  groups_.clear();
  for (const auto& plan : plans) {
    const auto kept = before.find(plan.get());
    groups_.push_back(kept != before.end()
                          ? kept->second
                          : base::Ref(new BackendGroup(plan, pools_for(plan), worker_, random_())));
  }
  before.clear();
  retire_others();
}

void GroupSet::clear() {
  groups_.clear();
  pools_.clear();
}

std::size_t GroupSet::close_all_to(const BackendRecord& backend) {
  const auto found = pools_.find(&backend);
  if (found == pools_.end()) return 0;
  const base::Ref<BackendPool> kept = found->second;
  return kept->close_all();
}

std::vector<base::Ref<BackendPool>> GroupSet::pools_for(
    const std::shared_ptr<const PoolPlan>& plan) {
  std::vector<base::Ref<BackendPool>> pools;
  for (balancing::BackendIndex i = 0; i < plan->backend_records.size(); ++i) {
    base::Ref<BackendPool>& pool = pools_[plan->backend_records[i].get()];
    if (pool.get() == nullptr) {
      pool = base::Ref(new BackendPool(loop_, plan, i));
    } else {
      pool->follow(plan, i);
    }
    pools.push_back(pool);
  }
  return pools;
}

void GroupSet::retire_others() {
  std::unordered_set<const BackendRecord*> current;
  for (const auto& group : groups_) {
    for (const auto& record : group->plan().backend_records) current.insert(record.get());
  }
  for (const auto& [record, pool] : pools_) {
    if (current.count(record) == 0) pool->retire();
  }
  sweep();
}

void GroupSet::sweep() {
  std::erase_if(pools_, [](const auto& entry) {
    const BackendPool& pool = *entry.second;
    return pool.is_retired() && !pool.has_connections() && pool.owners.is_one();
  });
  const bool some_linger = std::any_of(
      pools_.begin(), pools_.end(), [](const auto& entry) { return entry.second->is_retired(); });
  if (some_linger) loop_.arm_in(sweep_, kSweep);
}

}  // namespace poise::pool
