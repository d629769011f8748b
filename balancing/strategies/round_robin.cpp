#include "balancing/strategies/round_robin.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "proxy/base/random.h"

namespace poise::balancing {
namespace {

// With equal weights the turn just goes around, which costs the same for any number of backends.
class Rotation {
 public:
  explicit Rotation(BackendIndex first) : next_(first) {}

  std::optional<BackendIndex> pick(const BackendMask& usable) {
    BackendIndex picked = usable.next(next_);
    if (picked >= usable.size()) picked = usable.next(0);
    if (picked >= usable.size()) return std::nullopt;
    next_ = picked + 1;
    return picked;
  }

 private:
  BackendIndex next_;
};

// Every usable backend earns its weight each turn; the richest is picked and pays what all earned.
class SmoothTurns {
 public:
  explicit SmoothTurns(std::size_t size) : credits_(size) {}

  std::optional<BackendIndex> pick(const EffectiveWeights& weights, const BackendMask& usable) {
    const auto size = static_cast<BackendIndex>(credits_.size());
    BackendIndex best = size;
    std::int64_t earned = 0;
    for (BackendIndex i = usable.next(0); i < size; i = usable.next(i + 1)) {
      credits_[i] += weights[i];
      earned += weights[i];
      if (best == size || credits_[i] > credits_[best]) best = i;
    }
    if (best == size) return std::nullopt;
    credits_[best] -= earned;
    return best;
  }

 private:
  std::vector<std::int64_t> credits_;
};

class RoundRobin : public Strategy {
 public:
  RoundRobin(bool is_even, Rotation rotation, SmoothTurns turns)
      : is_even_(is_even), rotation_(rotation), turns_(std::move(turns)) {}

  std::optional<BackendIndex> pick(const PickInput& input) override {
    if (is_even_ && !input.weights.is_lowered()) return rotation_.pick(input.usable);
    return turns_.pick(input.weights, input.usable);
  }

 private:
  bool is_even_;
  Rotation rotation_;
  SmoothTurns turns_;
};

class RoundRobinPlan : public Plan {
 public:
  explicit RoundRobinPlan(const BackendSet& backends)
      : everyone_(backends.weighted()), weights_(backends), cycle_(cycle_of(backends)) {
    const auto first = everyone_.next(0);
    is_even_ = true;
    for (auto i = first; i < everyone_.size(); i = everyone_.next(i + 1)) {
      if (weights_[i] != weights_[first]) is_even_ = false;
    }
  }

  std::unique_ptr<Strategy> picker(std::uint64_t seed) const override {
    base::Random random(seed);
    const auto size = static_cast<std::uint32_t>(everyone_.size());
    SmoothTurns turns(size);
    if (is_even_) {
      return std::make_unique<RoundRobin>(true, Rotation(random.below(std::max(size, 1U))),
                                          std::move(turns));
    }
    for (auto skipped = random.below(cycle_); skipped > 0; --skipped) {
      (void)turns.pick(weights_, everyone_);
    }
    return std::make_unique<RoundRobin>(false, Rotation(0), std::move(turns));
  }

 private:
  // Starting is not worth more steps than this.
  static constexpr std::uint64_t kMostSteps = 1 << 16;

  // After so many turns the order repeats.
  static std::uint32_t cycle_of(const BackendSet& backends) {
    std::uint32_t divisor = 0;
    for (BackendIndex i = 0; i < backends.size(); ++i) {
      divisor = std::gcd(divisor, backends.weight(i));
    }
    const auto turns = backends.total_weight() / std::max(divisor, 1U);
    const auto size = std::max<std::uint64_t>(backends.size(), 1);
    const auto most = std::max<std::uint64_t>(kMostSteps / size, 1);
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(turns, 1, most));
  }

  BackendMask everyone_;
  EffectiveWeights weights_;
  std::uint32_t cycle_;
  bool is_even_ = false;
};

}  // namespace

std::shared_ptr<const Plan> plan_round_robin(const BackendSet& backends, const BalanceConfig&) {
  return std::make_shared<RoundRobinPlan>(backends);
}

}  // namespace poise::balancing
