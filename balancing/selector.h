// Chooses a backend: the only door to the strategies. One a worker and pool. It obeys health's
// word, leaves out whom the caller excludes, counts what is under way and tells the strategy how it
// ended. Allocates nothing after construction. It does not connect, retry or judge health.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancing/backend_mask.h"
#include "balancing/backend_set.h"
#include "balancing/backend_status.h"
#include "balancing/strategy.h"

namespace poise::balancing {

struct SelectorConfig {
  base::Duration slow_start{0};  // 0: none
  double panic = 0;              // share of fit backends under which health is ignored
  std::string zone;              // of this poise; "": none, so no zone is preferred
};

inline const BackendMask kNobody;

struct PickRequest {
  std::uint64_t key = 0;                  // what Plan::key_source() asks for, hashed
  std::optional<BackendIndex> bound{};    // where this session is at home
  const BackendMask& excluded = kNobody;  // empty, or of this set's size
  base::MonotonicTime now{};
};

class Selector {
 public:
  // `shared` is by BackendIndex, outlives this and is used only when the plan wants it.
  Selector(std::shared_ptr<const Plan> plan, const BackendSet& backends, std::uint64_t seed,
           SelectorConfig config = {}, std::vector<SharedLoad*> shared = {});

  // A bound backend keeps its session while it is healthy and not excluded, even when it drains or
  // has no weight. nullopt when nobody is left.
  std::optional<BackendIndex> pick(const PickRequest& request);

  // A request goes to the backend; each start is followed by one finish.
  void started(BackendIndex backend) { loads_.start(backend); }
  void finished(BackendIndex backend, const Outcome& outcome);

  // Health's word, and since when it holds. A backend is fit until something else is said.
  void set_status(BackendIndex backend, BackendStatus bits, base::MonotonicTime since);
  BackendStatus status(BackendIndex backend) const { return status_[backend]; }

  // Whether a pick would find somebody.
  bool has_usable() { return has_usable_beside(kNobody); }
  bool has_usable_beside(const BackendMask& excluded);
  // Whether so few are fit that health is ignored.
  bool is_panicking() { return false; }

  // Of this worker.
  std::uint32_t in_flight(BackendIndex backend) const { return loads_.own(backend); }
  const Plan& plan() const { return *plan_; }

 private:
  bool keeps_session(BackendIndex backend, const BackendMask& excluded) const;

  std::shared_ptr<const Plan> plan_;  // before strategy_, which refers to it
  std::unique_ptr<Strategy> strategy_;
  SelectorConfig config_;
  Loads loads_;
  EffectiveWeights weights_;
  std::vector<BackendStatus> status_;
  BackendMask weighted_;
  BackendMask allowed_;
  BackendMask usable_;  // of the pick under way; kept for its memory
};

}  // namespace poise::balancing
