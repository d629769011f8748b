#include "balancing/strategies/peak_ewma.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "balancing/two_choices.h"

namespace poise::balancing {
namespace {

using base::Duration;
using base::MonotonicTime;
using Seconds = std::chrono::duration<double>;

constexpr Seconds kDecay{10};
constexpr Seconds kUnknownPenalty{1};
constexpr double kFailureFactor = 4;
constexpr Seconds kLeastFailure{0.01};
constexpr Seconds kMostExpected{60};

// What a backend's answers have taken.
class ExpectedLatency {
 public:
  bool is_known() const { return known_; }

  // With time it is forgotten, so that a backend nobody dares to ask is asked again.
  double seconds(MonotonicTime now) const { return value_ * kept(now); }

  void observe(Seconds latency, MonotonicTime now) {
    const double sample = std::min(latency, kMostExpected).count();
    const double share = kept(now);
    value_ = std::max(sample, seconds(now) * share + sample * (1 - share));
    at_ = now;
    known_ = true;
  }

 private:
  double kept(MonotonicTime now) const {
    return now <= at_ ? 1 : std::exp(-(Seconds(now - at_) / kDecay));
  }

  double value_ = 0;
  MonotonicTime at_{};
  bool known_ = false;
};

class PeakEwma : public Strategy {
 public:
  PeakEwma(const AliasTable& table, std::size_t size, std::uint64_t seed)
      : table_(table), expected_(size), random_(seed) {}

  std::optional<BackendIndex> pick(const PickInput& input) override {
    const auto drawn = draw_two(table_, input.usable, random_);
    if (!drawn) return std::nullopt;
    return cost(drawn->second, input) < cost(drawn->first, input) ? drawn->second : drawn->first;
  }

  void finished(BackendIndex backend, const Outcome& outcome) override {
    ExpectedLatency& expected = expected_[backend];
    const Seconds known{expected.seconds(outcome.now)};
    Seconds latency{outcome.latency};
    if (outcome.verdict == Verdict::cancelled && latency <= known) return;
    if (outcome.verdict == Verdict::failure) {
      latency = std::max({latency, known * kFailureFactor, kLeastFailure});
    }
    expected.observe(latency, outcome.now);
  }

  std::optional<double> score(BackendIndex backend, const PickInput& input) const override {
    return cost(backend, input) * EffectiveWeights::kUnit;
  }

 private:
  double cost(BackendIndex backend, const PickInput& input) const {
    const ExpectedLatency& expected = expected_[backend];
    const std::uint32_t in_flight = input.loads.in_flight(backend);
    if (!expected.is_known() && in_flight == 0) return 0;
    const double latency =
        expected.is_known() ? expected.seconds(input.now) : kUnknownPenalty.count();
    return latency * (in_flight + 1.0) / input.weights[backend];
  }

  const AliasTable& table_;
  std::vector<ExpectedLatency> expected_;
  base::Random random_;
};

class PeakEwmaPlan : public Plan {
 public:
  explicit PeakEwmaPlan(const BackendSet& backends) : table_(backends), size_(backends.size()) {}

  std::unique_ptr<Strategy> picker(std::uint64_t seed) const override {
    return std::make_unique<PeakEwma>(table_, size_, seed);
  }

 private:
  AliasTable table_;
  std::size_t size_;
};

}  // namespace

std::shared_ptr<const Plan> plan_peak_ewma(const BackendSet& backends, const BalanceConfig&) {
  return std::make_shared<PeakEwmaPlan>(backends);
}

}  // namespace poise::balancing
