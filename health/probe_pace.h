// When to probe next. The first probes of new backends go out at an even pace, soon, so that little
// is unknown for long; the second ones are placed anywhere within the interval, and from there on
// each keeps its own rhythm with a little jitter. So many backends never make a burst. Pure: chance
// is seeded, time comes in as durations.
#pragma once

#include "health/health_config.h"
#include "proxy/base/random.h"

namespace poise::health {

class ProbePace {
 public:
  explicit ProbePace(std::uint64_t seed) : random_(seed) {}

  // A batch of new backends: each call of first() belongs to another one of them.
  void begin_batch() { next_first_ = base::Duration::zero(); }
  base::Duration first(const ActiveConfig& config);
  // From the end of the first probe to the start of the second.
  base::Duration second(const ActiveConfig& config, bool is_down);
  // From the end of any other, which took so long, to the start of its successor.
  base::Duration next(const ActiveConfig& config, bool is_down, base::Duration took);

 private:
  double share() { return static_cast<double>(random_() >> 11) * 0x1.0p-53; }  // in [0, 1)

  base::Random random_;
  base::Duration next_first_{0};
};

}  // namespace poise::health
