// The time poise itself spends on one request, apart from its client and its backend: t_self in the
// access log, poise_self_duration_seconds. In each turn of the loop in which the request moves on,
// it counts from when the poll returned, with what the request waited for among others, to when the
// batch it is in was sent; the last time to the moment the answer has left. So it has no time in
// which the client, a backend, DNS or a line for a connection were waited for. What it cannot see
// is what waits in the kernel while an earlier turn lasts: poise_worker_loop_lag_seconds shows
// that.
#pragma once

#include <algorithm>

#include "proxy/net/loop.h"

namespace poise::exchange {

class OwnTime {
 public:
  // `since`: when the request began, before which nothing counts.
  explicit OwnTime(base::MonotonicTime since) : began_(since) { mark_.at = since; }

  // The request moves on, in this callback. Cheap when that is known already.
  void touch(net::Loop& loop) {
    if (mark_.is_linked()) return;
    finished_ += mark_.at - began_;
    began_ = std::max(loop.turn_began(), mark_.at);
    loop.mark_batch_end(mark_);
  }

  // `now` counts if the request moves on in this batch.
  base::Duration until(base::MonotonicTime now) const {
    return finished_ + ((mark_.is_linked() ? now : mark_.at) - began_);
  }

 private:
  base::Duration finished_{0};
  base::MonotonicTime began_;  // of the last turn it moved on in
  net::BatchEnd mark_;
};

}  // namespace poise::exchange
