// Chooses a backend: the only door to the strategies. One a worker and pool. It knows whom health
// allows, leaves out whom the caller excludes, counts what is under way and tells the strategy how
// it ended. Allocates nothing after construction. It does not connect, retry or judge health.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "balancing/backend_mask.h"
#include "balancing/backend_set.h"
#include "balancing/strategy.h"

namespace poise::balancing {

class Selector {
 public:
  Selector(std::shared_ptr<const Plan> plan, const BackendSet& backends, std::uint64_t seed);

  // Requires: `excluded` is empty or of this set's size. nullopt when nobody is left.
  std::optional<BackendIndex> pick(std::uint64_t key, const BackendMask& excluded,
                                   base::MonotonicTime now = {}) {
    usable_.assign_difference(allowed_, excluded);
    return strategy_->pick({key, load_, usable_, now});
  }

  // A request goes to the backend; each start is followed by one finish.
  void started(BackendIndex backend) { ++load_[backend].in_flight; }
  void finished(BackendIndex backend, const Outcome& outcome);

  // Health's word, which is "usable" until said otherwise. A backend of weight 0 stays out.
  void set_usable(BackendIndex backend, bool usable);

  // Whether a pick without exclusions would find somebody.
  bool has_usable() const { return allowed_.any(); }
  // The same with exclusions.
  bool has_usable_beside(const BackendMask& excluded) {
    usable_.assign_difference(allowed_, excluded);
    return usable_.any();
  }
  std::uint32_t in_flight(BackendIndex backend) const { return load_[backend].in_flight; }

 private:
  std::shared_ptr<const Plan> plan_;  // before strategy_, which refers to it
  std::unique_ptr<Strategy> strategy_;
  std::vector<BackendLoad> load_;
  BackendMask weighted_;
  BackendMask allowed_;
  BackendMask usable_;  // of the pick under way; kept for its memory
};

}  // namespace poise::balancing
