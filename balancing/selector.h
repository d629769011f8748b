// Chooses a backend: the only door to the strategies. One a worker and pool. It obeys health's
// word, prefers tiers and the own zone (lanes.h), lets backends start slowly and gives little to
// who is on probation (effective_weights.h), leaves out whom the caller excludes, counts what is
// under way and tells the strategy how it ended. Each lane has a Strategy of its own, so that a
// turn in one is no turn in another. A pick allocates nothing unless health's word has changed. It
// does not connect, retry or judge health.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancing/backend_mask.h"
#include "balancing/backend_set.h"
#include "balancing/backend_status.h"
#include "balancing/lanes.h"
#include "balancing/strategy.h"
#include "proxy/base/random.h"

namespace poise::balancing {

struct SelectorConfig {
  base::Duration slow_start{0};  // 0: none
  double panic = 0;              // share of healthy backends under which health is ignored
  std::string zone{};            // of this poise; "": none, so no zone is preferred
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

  // A bound backend keeps its session while it is healthy (or its tier panics) and not excluded,
  // even when it drains or has no weight. When a lane has nobody beside the excluded, the next one
  // is asked. nullopt when nobody is left at all.
  std::optional<BackendIndex> pick(const PickRequest& request);

  // A request goes to the backend; each start is followed by one finish.
  void started(BackendIndex backend) { loads_.start(backend); }
  void finished(BackendIndex backend, const Outcome& outcome);

  // Health's word, and since when it holds; a backend is fit until something else is said. One that
  // is fit since a certain time starts slowly from then on; MonotonicTime{} is "as long as anybody
  // knows", and no slow start. One on probation starts slowly when that ends.
  void set_status(BackendIndex backend, BackendStatus bits, base::MonotonicTime since);
  BackendStatus status(BackendIndex backend) const { return status_[backend]; }

  // Whether a pick would find somebody.
  bool has_usable() { return has_usable_beside(kNobody); }
  bool has_usable_beside(const BackendMask& excluded);
  // Whether in some tier so few are healthy that health is ignored.
  bool is_panicking() { return lanes().is_panicking(); }

  // As they are after the last word of health.
  const Lanes& lanes();
  const EffectiveWeights& weights() const { return weights_; }
  // What the strategy holds against a backend at this moment; see Strategy::score.
  std::optional<double> score(BackendIndex backend, const PickRequest& request);

  // Of this worker.
  std::uint32_t in_flight(BackendIndex backend) const { return loads_.own(backend); }
  const Plan& plan() const { return *plan_; }

 private:
  bool keeps_session(BackendIndex backend, const BackendMask& excluded) const;
  std::uint64_t coin_for(const PickRequest& request);
  std::optional<BackendIndex> pick_in(std::size_t lane, const PickRequest& request);
  std::optional<BackendIndex> pick_in_any(const PickRequest& request);

  std::shared_ptr<const Plan> plan_;  // before strategies_, which refer to it
  Loads loads_;
  EffectiveWeights weights_;
  Lanes lanes_;
  std::vector<std::unique_ptr<Strategy>> strategies_;  // by lane
  base::Random random_;

  std::vector<BackendStatus> status_;
  std::vector<base::MonotonicTime> since_;
  bool is_stale_ = false;  // the lanes do not know health's last word yet
  BackendMask usable_;     // of the pick under way; kept for its memory
};

}  // namespace poise::balancing
