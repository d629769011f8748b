#include "balancing/effective_weights.h"

#include <algorithm>

namespace poise::balancing {
namespace {

constexpr double kLeastShare = 0.1;

}  // namespace

EffectiveWeights::EffectiveWeights(const BackendSet& backends, base::Duration slow_start)
    : slow_start_(slow_start), ramping_(backends.size()), held_(backends.size()) {
  for (BackendIndex i = 0; i < backends.size(); ++i) full_.push_back(backends.weight(i) * kUnit);
  weights_ = full_;
  if (slow_start_.count() > 0) ramps_.reserve(full_.size());
}

void EffectiveWeights::start_ramp(BackendIndex index, base::MonotonicTime since) {
  if (slow_start_.count() == 0 || full_[index] == 0) return;
  stop_ramp(index);
  ramps_.push_back({index, since});
  ramping_.set(index);
  weights_[index] = ramped(ramps_.back(), since);
  next_step_ = base::MonotonicTime::min();
}

void EffectiveWeights::stop_ramp(BackendIndex index) {
  if (!ramping_.test(index)) return;
  std::erase_if(ramps_, [=](const Ramp& ramp) { return ramp.index == index; });
  ramping_.clear(index);
  weights_[index] = full_[index];
}

void EffectiveWeights::hold(BackendIndex index) {
  stop_ramp(index);
  if (held_.test(index) || full_[index] == 0) return;
  held_.set(index);
  ++held_count_;
  weights_[index] = lowered(index, kLeastShare);
}

void EffectiveWeights::let_go(BackendIndex index) {
  if (!held_.test(index)) return;
  held_.clear(index);
  --held_count_;
  weights_[index] = full_[index];
}

void EffectiveWeights::step(base::MonotonicTime now) {
  next_step_ = now + slow_start_ / kSteps;
  for (const Ramp& ramp : ramps_) weights_[ramp.index] = ramped(ramp, now);
  std::erase_if(ramps_, [&](const Ramp& ramp) {
    if (now - ramp.since < slow_start_) return false;
    ramping_.clear(ramp.index);
    return true;
  });
}

std::uint32_t EffectiveWeights::ramped(const Ramp& ramp, base::MonotonicTime now) const {
  using Seconds = std::chrono::duration<double>;
  const double age = Seconds(now - ramp.since) / Seconds(slow_start_);
  return lowered(ramp.index, kLeastShare + (1 - kLeastShare) * std::clamp(age, 0.0, 1.0));
}

std::uint32_t EffectiveWeights::lowered(BackendIndex index, double share) const {
  return std::max(static_cast<std::uint32_t>(share * full_[index]), 1U);
}

}  // namespace poise::balancing
