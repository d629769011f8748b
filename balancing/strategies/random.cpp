#include "balancing/strategies/random.h"

#include "balancing/alias_table.h"

namespace poise::balancing {
namespace {

class RandomStrategy : public Strategy {
 public:
  RandomStrategy(const AliasTable& table, std::uint64_t seed) : table_(table), random_(seed) {}

  std::optional<BackendIndex> pick(const PickInput& input) override {
    auto drawn = table_.draw_usable(input.usable, random_);
    for (int i = 0; i < kTries && drawn && !input.weights.admits(*drawn, random_()); ++i) {
      drawn = table_.draw_usable(input.usable, random_);
    }
    return drawn;
  }

 private:
  static constexpr int kTries = 64;

  const AliasTable& table_;
  base::Random random_;
};

class RandomPlan : public Plan {
 public:
  explicit RandomPlan(const BackendSet& backends) : table_(backends) {}

  std::unique_ptr<Strategy> picker(std::uint64_t seed) const override {
    return std::make_unique<RandomStrategy>(table_, seed);
  }

 private:
  AliasTable table_;
};

}  // namespace

std::shared_ptr<const Plan> plan_random(const BackendSet& backends, const BalanceConfig&) {
  return std::make_shared<RandomPlan>(backends);
}

}  // namespace poise::balancing
