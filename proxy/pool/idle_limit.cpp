#include "proxy/pool/idle_limit.h"

#include <algorithm>

namespace poise::pool {
namespace {

using std::chrono::milliseconds;

// A backend that restarts closes connections of any age: only closes that agree are a rule of its.
constexpr int kNeeded = 3;
constexpr base::Duration kShortestRule = milliseconds(500);
constexpr base::Duration kForgottenAfter = std::chrono::minutes(10);

bool agree(base::Duration a, base::Duration b) {
  const base::Duration slack = std::max<base::Duration>(std::max(a, b) / 8, milliseconds(150));
  return a - b <= slack && b - a <= slack;
}

}  // namespace

void IdleLimit::closed_after(base::Duration rest, base::MonotonicTime now) {
  if (rest < kShortestRule) return;
  if (agreeing_ == 0 || !agree(rest, shortest_)) {
    shortest_ = rest;
    agreeing_ = 1;
    return;
  }
  shortest_ = std::min(shortest_, rest);
  ++agreeing_;
  learned_at_ = now;
}

base::Duration IdleLimit::safe_rest(base::MonotonicTime now) const {
  if (agreeing_ < kNeeded || now - learned_at_ > kForgottenAfter) return base::Duration(0);
  return safe_part(shortest_);
}

base::Duration IdleLimit::safe_part(base::Duration promised) {
  if (promised.count() <= 0) return base::Duration(0);
  const base::Duration margin = std::min<base::Duration>(promised / 2, std::chrono::seconds(1));
  return promised - margin;
}

}  // namespace poise::pool
