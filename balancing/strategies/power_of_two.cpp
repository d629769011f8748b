#include "balancing/strategies/power_of_two.h"

#include "balancing/two_choices.h"

namespace poise::balancing {
namespace {

class PowerOfTwo : public Strategy {
 public:
  PowerOfTwo(const AliasTable& table, std::uint64_t seed) : table_(table), random_(seed) {}

  std::optional<BackendIndex> pick(const PickInput& input) override {
    const auto drawn = draw_two(table_, input.usable, random_);
    if (!drawn) return std::nullopt;
    const BackendIndex first = favored(drawn->first, drawn->second, input);
    const BackendIndex second = first == drawn->first ? drawn->second : drawn->first;
    return is_less_loaded(second, first, input) ? second : first;
  }

  std::optional<double> score(BackendIndex backend, const PickInput& input) const override {
    return static_cast<double>(input.loads.in_flight(backend)) / input.weights[backend] *
           EffectiveWeights::kUnit;
  }

 private:
  // Between equals the draw decides, unless the drawn one starts slowly.
  BackendIndex favored(BackendIndex first, BackendIndex second, const PickInput& input) {
    return input.weights.admits(first, random_()) ? first : second;
  }

  static bool is_less_loaded(BackendIndex a, BackendIndex b, const PickInput& input) {
    return std::uint64_t{input.loads.in_flight(a)} * input.weights[b] <
           std::uint64_t{input.loads.in_flight(b)} * input.weights[a];
  }

  const AliasTable& table_;
  base::Random random_;
};

class PowerOfTwoPlan : public Plan {
 public:
  explicit PowerOfTwoPlan(const BackendSet& backends) : table_(backends) {}

  std::unique_ptr<Strategy> picker(std::uint64_t seed) const override {
    return std::make_unique<PowerOfTwo>(table_, seed);
  }
  bool wants_shared_load() const override { return true; }

 private:
  AliasTable table_;
};

}  // namespace

std::shared_ptr<const Plan> plan_power_of_two(const BackendSet& backends, const BalanceConfig&) {
  return std::make_shared<PowerOfTwoPlan>(backends);
}

}  // namespace poise::balancing
