// Caps retries as a share of requests, so that a backend in trouble is not buried under them. Each
// request pays in a part of a token, a steady trickle keeps quiet pools able to retry, and a retry
// takes one token out. One a worker and pool; pure arithmetic.
#pragma once

#include <algorithm>

#include "proxy/base/clock.h"
#include "proxy/pool/pool_config.h"

namespace poise::pool {

class RetryBudget {
 public:
  explicit RetryBudget(const RetryConfig& config)
      : share_(config.budget), per_second_(config.min_per_second), trickle_(most_trickled()) {}

  void on_request() {
    if (earned_ < kMostEarned) earned_ += share_;
  }

  // True when a retry may be made; it is paid for then.
  bool take(base::MonotonicTime now) {
    refill(now);
    if (earned_ >= 1) {
      earned_ -= 1;
      return true;
    }
    if (trickle_ < 1) return false;
    trickle_ -= 1;
    return true;
  }

 private:
  static constexpr double kMostEarned = 1000;
  static constexpr double kSecondsKept = 10;  // as Finagle's budget

  double most_trickled() const { return per_second_ * kSecondsKept; }
  void refill(base::MonotonicTime now) {
    if (last_refill_ != base::MonotonicTime{}) {
      const std::chrono::duration<double> passed = now - last_refill_;
      trickle_ = std::min(most_trickled(), trickle_ + per_second_ * passed.count());
    }
    last_refill_ = now;
  }

  double share_;
  double per_second_;
  double earned_ = 0;
  double trickle_;
  base::MonotonicTime last_refill_{};
};

}  // namespace poise::pool
