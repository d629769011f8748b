#include "balancing/strategies/least_connections.h"

#include <algorithm>

#include "proxy/base/random.h"

namespace poise::balancing {
namespace {

// (in flight + 1) / weight as a fraction, compared without dividing.
struct Share {
  std::uint64_t requests = 0;
  std::uint64_t weight = 0;  // 0: nobody's

  bool is_less_than(const Share& other) const {
    return other.weight == 0 || requests * other.weight < other.requests * weight;
  }
};

class LeastConnections : public Strategy {
 public:
  explicit LeastConnections(BackendIndex first) : next_(first) {}

  std::optional<BackendIndex> pick(const PickInput& input) override {
    const auto size = static_cast<BackendIndex>(input.usable.size());
    Best best;
    look(input, std::min(next_, size), size, best);
    look(input, 0, std::min(next_, size), best);
    if (best.share.weight == 0) return std::nullopt;
    next_ = best.backend + 1;
    return best.backend;
  }

  std::optional<double> score(BackendIndex backend, const PickInput& input) const override {
    const Share share = share_of(backend, input);
    return static_cast<double>(share.requests) / static_cast<double>(share.weight) *
           EffectiveWeights::kUnit;
  }

 private:
  struct Best {
    BackendIndex backend = 0;
    Share share;
  };

  static Share share_of(BackendIndex backend, const PickInput& input) {
    return {std::uint64_t{input.loads.in_flight(backend)} + 1, input.weights[backend]};
  }

  // The first of equals stays, and the next look begins behind who was picked: so they take turns.
  static void look(const PickInput& input, BackendIndex from, BackendIndex to, Best& best) {
    for (auto i = input.usable.next(from); i < to; i = input.usable.next(i + 1)) {
      const Share share = share_of(i, input);
      if (share.is_less_than(best.share)) best = {i, share};
    }
  }

  BackendIndex next_;
};

class LeastConnectionsPlan : public Plan {
 public:
  explicit LeastConnectionsPlan(std::size_t size) : size_(static_cast<std::uint32_t>(size)) {}

  std::unique_ptr<Strategy> picker(std::uint64_t seed) const override {
    return std::make_unique<LeastConnections>(size_ == 0 ? 0 : base::Random(seed).below(size_));
  }
  bool wants_shared_load() const override { return true; }

 private:
  std::uint32_t size_;
};

}  // namespace

std::shared_ptr<const Plan> plan_least_connections(const BackendSet& backends,
                                                   const BalanceConfig&) {
  return std::make_shared<LeastConnectionsPlan>(backends.size());
}

}  // namespace poise::balancing
