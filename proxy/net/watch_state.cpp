#include "proxy/net/watch_state.h"

#include <algorithm>
#include <utility>

namespace poise::net {

namespace {

constexpr base::Duration kFirstBackoff = std::chrono::seconds(1);
constexpr base::Duration kMostBackoff = std::chrono::seconds(30);
constexpr base::Duration kDenialGrace = std::chrono::seconds(30);

// Between `least` and `most` hundredths of it.
base::Duration spread(base::Duration duration, std::uint32_t least, std::uint32_t most,
                      base::Random& random) {
  return duration * (least + random.below(most - least + 1)) / 100;
}

}  // namespace

WatchState::Step WatchState::on_resolution(Resolution resolution, base::MonotonicTime now,
                                           base::Random& random) {
  if (resolution.kind != Resolution::Kind::found) {
    return on_trouble(std::move(resolution), now, random);
  }
  return on_found(std::move(resolution), random);
}

WatchState::Step WatchState::on_found(Resolution resolution, base::Random& random) {
  Step step;
  const bool was_settled = std::exchange(settled_, true);
  const bool had_trouble = !std::exchange(trouble_, {}).empty();
  denied_since_.reset();
  const bool is_whole = resolution.gaps.empty();
  step.ask_in = refresh_after(resolution, random);
  if (is_whole) {
    failures_ = 0;
  } else {
    step.ask_in = std::min(step.ask_in, next_backoff(random));
    resolution = fill_gaps(std::move(resolution), endpoints_);
  }
  step.changed = resolution.endpoints != endpoints_;
  endpoints_ = std::move(resolution.endpoints);
  if (!was_settled) {
    step.news = News::resolved;
  } else if (had_trouble) {
    step.news = News::recovered;
  } else if (step.changed) {
    step.news = News::changed;
  }
  return step;
}

WatchState::Step WatchState::on_trouble(Resolution resolution, base::MonotonicTime now,
                                        base::Random& random) {
  Step step;
  settled_ = true;
  const bool is_new = std::exchange(trouble_, resolution.reason).empty();
  if (is_new) step.news = News::failed;
  if (!endpoints_.empty() && is_denial_believed(resolution, now)) {
    endpoints_.clear();
    step.changed = true;
    step.news = News::gone;
  }
  step.ask_in = next_backoff(random);
  return step;
}

bool WatchState::is_denial_believed(const Resolution& resolution, base::MonotonicTime now) {
  if (resolution.kind != Resolution::Kind::denied) return false;
  if (!denied_since_) denied_since_ = now;
  return now - *denied_since_ >= kDenialGrace;
}

// Up to a tenth later, so that names asked for together do not stay in step.
base::Duration WatchState::refresh_after(const Resolution& resolution, base::Random& random) const {
  const base::Duration wanted = policy_.interval.count() > 0
                                    ? policy_.interval
                                    : std::clamp(resolution.ttl, policy_.ttl_min, policy_.ttl_max);
  return spread(wanted, 100, 110, random);
}

base::Duration WatchState::next_backoff(base::Random& random) {
  const std::uint32_t doublings = std::min<std::uint32_t>(failures_++, 16);
  return spread(std::min(kFirstBackoff * (1U << doublings), kMostBackoff), 75, 125, random);
}

}  // namespace poise::net
