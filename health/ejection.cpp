#include "health/ejection.h"

#include <algorithm>

#include "proxy/base/check.h"

namespace poise::health {

using base::Duration;
using base::MonotonicTime;

Duration Ejection::length(const PassiveConfig& config, std::uint32_t times) {
  Duration length = config.eject;
  while (--times > 0 && length < config.max_eject) length *= 2;
  return std::min(length, config.max_eject);
}

void Ejection::forgive(const PassiveConfig& config, MonotonicTime now) {
  Duration calm = now - since_;
  while (times_ > 0 && calm >= length(config, times_)) {
    calm -= length(config, times_);
    --times_;
  }
}

Duration Ejection::eject(const PassiveConfig& config, MonotonicTime now) {
  POISE_DCHECK(!is_ejected());
  forgive(config, now);
  ++times_;
  state_ = State::ejected;
  since_ = now;
  const Duration lasts = length(config, times_);
  until_ = now + lasts;
  return lasts;
}

void Ejection::release(MonotonicTime now) {
  POISE_DCHECK(is_ejected());
  state_ = State::probation;
  since_ = now;
}

void Ejection::trust() {
  POISE_DCHECK(is_on_probation());
  state_ = State::in_service;
}

}  // namespace poise::health
