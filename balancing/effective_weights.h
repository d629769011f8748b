// The weights as they count right now. A backend that starts slowly counts 10 % of its configured
// weight at first and grows evenly to all of it: weight * (0.1 + 0.9 * age / slow_start). One on
// probation counts 10 % for as long as that lasts. Belongs to one Selector and thread; allocates
// nothing after construction.
#pragma once

#include <cstdint>
#include <vector>

#include "balancing/backend_set.h"
#include "proxy/base/clock.h"

namespace poise::balancing {

class EffectiveWeights {
 public:
  // What a configured weight of 1 counts.
  static constexpr std::uint32_t kUnit = 128;

  // Without a slow start (0) nothing ever ramps.
  explicit EffectiveWeights(const BackendSet& backends, base::Duration slow_start = {});

  std::uint32_t operator[](BackendIndex index) const { return weights_[index]; }
  bool is_ramping() const { return !ramps_.empty(); }
  // Whether anybody counts less than configured.
  bool is_lowered() const { return is_ramping() || held_count_ > 0; }

  // For strategies that drew by configured weights: whether the backend may keep what it drew. True
  // for as large a share of coins (evenly spread numbers) as it has of its weight.
  bool admits(BackendIndex index, std::uint64_t coin) const {
    return !is_lowered() || (coin >> 32) * full_[index] >> 32 < weights_[index];
  }

  void start_ramp(BackendIndex index, base::MonotonicTime since);
  void stop_ramp(BackendIndex index);
  // Counts 10 %, and does not grow, until let go; then it may ramp.
  void hold(BackendIndex index);
  void let_go(BackendIndex index);
  // Lets ramps grow with time; cheap when there is none.
  void advance(base::MonotonicTime now) {
    if (is_ramping() && now >= next_step_) step(now);
  }

 private:
  struct Ramp {
    BackendIndex index;
    base::MonotonicTime since;
  };
  // Growing more finely would show to nobody.
  static constexpr int kSteps = 200;

  void step(base::MonotonicTime now);
  std::uint32_t ramped(const Ramp& ramp, base::MonotonicTime now) const;
  std::uint32_t lowered(BackendIndex index, double share) const;

  base::Duration slow_start_;
  std::vector<std::uint32_t> full_;
  std::vector<std::uint32_t> weights_;
  std::vector<Ramp> ramps_;
  BackendMask ramping_;
  BackendMask held_;
  std::size_t held_count_ = 0;
  base::MonotonicTime next_step_{};
};

}  // namespace poise::balancing
