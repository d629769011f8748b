#include "balancing/strategies/round_robin.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "proxy/base/random.h"

namespace poise::balancing {
namespace {

// With equal weights the turn just goes around, which costs the same for any number of backends.
class Rotation : public Strategy {
 public:
  explicit Rotation(BackendIndex first) : next_(first) {}

  std::optional<BackendIndex> pick(const PickInput& input) override {
    const BackendMask& usable = input.usable;
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
class SmoothTurns : public Strategy {
 public:
  explicit SmoothTurns(const std::vector<std::uint32_t>& weights)
      : weights_(weights), credits_(weights.size()) {}

  std::optional<BackendIndex> pick(const PickInput& input) override { return pick(input.usable); }

  std::optional<BackendIndex> pick(const BackendMask& usable) {
    const auto size = static_cast<BackendIndex>(credits_.size());
    BackendIndex best = size;
    std::int64_t earned = 0;
    for (BackendIndex i = usable.next(0); i < size; i = usable.next(i + 1)) {
      credits_[i] += weights_[i];
      earned += weights_[i];
      if (best == size || credits_[i] > credits_[best]) best = i;
    }
    if (best == size) return std::nullopt;
    credits_[best] -= earned;
    return best;
  }

 private:
  const std::vector<std::uint32_t>& weights_;
  std::vector<std::int64_t> credits_;
};

class RoundRobinPlan : public Plan {
 public:
  explicit RoundRobinPlan(const BackendSet& backends) : everyone_(backends.weighted()) {
    std::uint32_t divisor = 0;
    for (BackendIndex i = 0; i < backends.size(); ++i) {
      weights_.push_back(backends.weight(i));
      divisor = std::gcd(divisor, weights_.back());
    }
    for (auto& weight : weights_) weight /= std::max(divisor, 1U);
    // What is left are ones (and zeros, which are never usable) exactly when all are equal.
    is_even_ =
        std::all_of(weights_.begin(), weights_.end(), [](auto weight) { return weight <= 1; });
  }

  std::unique_ptr<Strategy> picker(std::uint64_t seed) const override {
    base::Random random(seed);
    if (is_even_) return std::make_unique<Rotation>(weights_.empty() ? 0 : random.below(count()));
    auto turns = std::make_unique<SmoothTurns>(weights_);
    for (auto skipped = random.below(cycle()); skipped > 0; --skipped) (void)turns->pick(everyone_);
    return turns;
  }

 private:
  // Starting is not worth more steps than this.
  static constexpr std::uint64_t kMostSteps = 1 << 16;

  std::uint32_t count() const { return static_cast<std::uint32_t>(weights_.size()); }

  // After so many turns the order repeats.
  std::uint32_t cycle() const {
    const auto total = std::accumulate(weights_.begin(), weights_.end(), std::uint64_t{0});
    const auto most = std::max<std::uint64_t>(kMostSteps / count(), 1);
    return static_cast<std::uint32_t>(std::min(total, most));
  }

  BackendMask everyone_;
  std::vector<std::uint32_t> weights_;
  bool is_even_ = false;
};

}  // namespace

std::shared_ptr<const Plan> plan_round_robin(const BackendSet& backends, const BalanceConfig&) {
  return std::make_shared<RoundRobinPlan>(backends);
}

}  // namespace poise::balancing
