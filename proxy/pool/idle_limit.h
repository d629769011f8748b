// How long a backend lets a connection rest before it closes it, learned from the closes seen: the
// most reported random 502 is a request sent into a connection the backend is just closing. Pure.
#pragma once

#include "proxy/base/clock.h"

namespace poise::pool {

class IdleLimit {
 public:
  // The backend closed a connection that had rested so long.
  void closed_after(base::Duration rest, base::MonotonicTime now);

  // How long a connection may rest and still be used; zero: nothing learned. A backend may be set
  // up anew, so what was learned is forgotten after a while.
  base::Duration safe_rest(base::MonotonicTime now) const;

  // The rest that is safe where a backend says that it closes after `promised`.
  static base::Duration safe_part(base::Duration promised);

 private:
  base::Duration shortest_{0};  // of the closes that agree
  int agreeing_ = 0;
  base::MonotonicTime learned_at_{};
};

}  // namespace poise::pool
