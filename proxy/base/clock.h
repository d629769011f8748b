// Time as an input. `MonotonicTime` never jumps and drives every timeout; wall time is only for
// logs and certificates. Tests pass their own values; nothing below the event loop reads a clock
// itself.
#pragma once

#include <chrono>
#include <cstdint>

namespace poise::base {

using Duration = std::chrono::nanoseconds;

struct MonotonicClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
};

using MonotonicTime = MonotonicClock::time_point;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

}  // namespace poise::base
