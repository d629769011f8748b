#include "health/probe_pace.h"

#include <algorithm>

namespace poise::health {
namespace {

using base::Duration;

constexpr Duration kBetweenFirst = std::chrono::milliseconds(1);

Duration interval_of(const ActiveConfig& config, bool is_down) {
  const bool own = is_down && config.interval_down.count() > 0;
  return own ? config.interval_down : config.interval;
}

Duration times(Duration duration, double factor) {
  return Duration(static_cast<Duration::rep>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

Duration ProbePace::first(const ActiveConfig& config) {
  next_first_ += kBetweenFirst;
  return next_first_ % config.interval;
}

Duration ProbePace::second(const ActiveConfig& config, bool is_down) {
  return times(interval_of(config, is_down), share());
}

Duration ProbePace::next(const ActiveConfig& config, bool is_down, Duration took) {
  const double jittered = 1 + config.jitter * (2 * share() - 1);
  return std::max(times(interval_of(config, is_down), jittered) - took, Duration::zero());
}

}  // namespace poise::health
