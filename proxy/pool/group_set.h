// One worker's groups of the current configuration, by pool index, and the connections behind them.
// A new configuration keeps the group of every pool whose plan it kept, and the BackendPool of
// every backend whose record it kept: warm connections, those who wait in line and what was learned
// of the backend stay. Pools of backends that are gone end when their connections have and nobody
// refers to them. Owned by its worker, on the worker's thread.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "proxy/base/counted.h"
#include "proxy/base/random.h"
#include "proxy/pool/backend_group.h"

namespace poise::pool {

using Groups = std::vector<base::Ref<BackendGroup>>;
using PoolPlans = std::vector<std::shared_ptr<const PoolPlan>>;

class GroupSet {
 public:
  // `loop` and `random` outlive the set; `worker` is the worker's index.
  GroupSet(net::Loop& loop, base::Random& random, std::size_t worker);

  void follow(const PoolPlans& plans);
  const Groups& groups() const { return groups_; }
  // Everything ends now.
  void clear();
  // See BackendPool::close_all; nothing when the backend has no pool here.
  std::size_t close_all_to(const BackendRecord& backend);

  // Of current backends, and of those that are still needed for what began before.
  std::size_t backend_pools() const { return pools_.size(); }

 private:
  std::vector<base::Ref<BackendPool>> pools_for(const std::shared_ptr<const PoolPlan>& plan);
  void retire_others();
  void sweep();

  net::Loop& loop_;
  base::Random& random_;
  std::size_t worker_;
  Groups groups_;
  std::unordered_map<const BackendRecord*, base::Ref<BackendPool>> pools_;
  base::Timer sweep_;
};

}  // namespace poise::pool
