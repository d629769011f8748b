// What every strategy promises. It walks the list of strategies, so a new one is tested by being
// there.
#include <catch2/catch.hpp>
#include <deque>
#include <string>
#include <vector>

#include "balancing/selector.h"
#include "proxy/base/random.h"
#include "tests/balancing/backends.h"

using namespace poise;
using namespace poise::balancing;

namespace {

// A selector with a stream of requests: random keys, a few always under way, all answered alike.
class Traffic {
 public:
  Traffic(const StrategyEntry& entry, const BackendSet& backends, std::uint64_t seed)
      : selector_(make(entry, backends), backends, seed), keys_(seed + 1) {}

  Selector& selector() { return selector_; }

  std::optional<BackendIndex> pick(const BackendMask& excluded = {}) {
    now_ += std::chrono::microseconds(100);
    const auto picked = selector_.pick({.key = keys_(), .excluded = excluded, .now = now_});
    if (!picked) return picked;
    selector_.started(*picked);
    under_way_.push_back(*picked);
    if (under_way_.size() > kUnderWay) finish_oldest();
    return picked;
  }

 private:
  static constexpr std::size_t kUnderWay = 60;

  static std::shared_ptr<const Plan> make(const StrategyEntry& entry, const BackendSet& backends) {
    BalanceConfig config;
    config.strategy = entry.name;
    return make_plan(backends, config);
  }

  void finish_oldest() {
    selector_.finished(under_way_.front(), {Verdict::success, std::chrono::milliseconds(5), now_});
    under_way_.pop_front();
  }

  Selector selector_;
  base::Random keys_;
  base::MonotonicTime now_{};
  std::deque<BackendIndex> under_way_;
};

std::vector<int> count_picks(Traffic& traffic, std::size_t backends, int picks) {
  std::vector<int> counts(backends);
  for (int i = 0; i < picks; ++i) {
    const auto picked = traffic.pick();
    REQUIRE(picked);
    REQUIRE(*picked < backends);
    ++counts[*picked];
  }
  return counts;
}

}  // namespace

TEST_CASE("every strategy is found by its name and an unknown name is not") {
  CHECK_FALSE(all_strategies().empty());
  const auto backends = set_of({1});
  for (const auto& entry : all_strategies()) {
    BalanceConfig config;
    config.strategy = entry.name;
    CHECK(make_plan(backends, config));
  }
  BalanceConfig unknown;
  unknown.strategy = "no-such-strategy";
  CHECK_FALSE(make_plan(backends, unknown));
}

TEST_CASE("every strategy shares the load by weight") {
  for (const auto& entry : all_strategies()) {
    for (const std::vector<std::uint32_t>& weights :
         {std::vector<std::uint32_t>{1, 1, 1, 1}, {5, 1, 2}, {100, 300, 100}}) {
      const auto backends = set_of(weights);
      Traffic traffic(entry, backends, 42);
      constexpr int kPicks = 20000;
      const auto counts = count_picks(traffic, weights.size(), kPicks);
      for (std::size_t i = 0; i < weights.size(); ++i) {
        INFO(entry.name << " backend " << i);
        const double share = double(weights[i]) / double(backends.total_weight());
        CHECK(counts[i] == Approx(share * kPicks).epsilon(0.15));
      }
    }
  }
}

TEST_CASE("every strategy gives nothing to a backend of weight 0") {
  for (const auto& entry : all_strategies()) {
    INFO(entry.name);
    const auto backends = set_of({0, 1, 0, 3});
    Traffic traffic(entry, backends, 1);
    const auto counts = count_picks(traffic, 4, 1000);
    CHECK(counts[0] == 0);
    CHECK(counts[2] == 0);
    CHECK(counts[1] > 0);
    CHECK(counts[3] > counts[1]);
  }
}

TEST_CASE("every strategy never picks who is excluded or unusable, and always somebody else") {
  for (const auto& entry : all_strategies()) {
    for (const std::size_t size : {3U, 5U, 70U, 200U}) {
      INFO(entry.name << " over " << size);
      std::vector<std::uint32_t> weights(size, 2);
      weights[1] = 7;
      const auto backends = set_of(weights);
      Traffic traffic(entry, backends, 3);
      traffic.selector().set_status(0, kDown, {});
      base::Random random(9);
      for (int i = 0; i < 2000; ++i) {
        BackendMask excluded(size);
        for (auto k = random.below(3); k > 0; --k) {
          excluded.set(random.below(static_cast<std::uint32_t>(size)));
        }
        excluded.clear(static_cast<BackendIndex>(size - 1));
        const auto picked = traffic.pick(excluded);
        REQUIRE(picked);
        REQUIRE_FALSE(excluded.test(*picked));
        REQUIRE(*picked != 0);
      }
    }
  }
}

TEST_CASE("every strategy uses a backend again once it is usable again") {
  for (const auto& entry : all_strategies()) {
    INFO(entry.name);
    const auto backends = set_of({1, 1});
    Traffic traffic(entry, backends, 5);
    traffic.selector().set_status(0, kDown, {});
    CHECK(count_picks(traffic, 2, 100)[0] == 0);
    traffic.selector().set_status(0, 0, {});
    CHECK(count_picks(traffic, 2, 1000)[0] > 200);
  }
}

TEST_CASE("every strategy answers nobody when nobody is left") {
  for (const auto& entry : all_strategies()) {
    INFO(entry.name);
    for (const std::vector<std::uint32_t>& weights : {std::vector<std::uint32_t>{}, {0}, {0, 0}}) {
      const auto backends = set_of(weights);
      Traffic traffic(entry, backends, 1);
      CHECK_FALSE(traffic.pick());
      CHECK_FALSE(traffic.selector().has_usable());
    }
    const auto backends = set_of({1, 2, 3});
    Traffic traffic(entry, backends, 1);
    CHECK_FALSE(traffic.pick(BackendMask(3, BackendMask::Initially::set)));
    CHECK(traffic.selector().has_usable());
    CHECK(traffic.pick());
  }
}

TEST_CASE("every strategy picks the same for the same seed") {
  for (const auto& entry : all_strategies()) {
    INFO(entry.name);
    const auto backends = set_of({3, 1, 2, 2});
    Traffic one(entry, backends, 77);
    Traffic two(entry, backends, 77);
    for (int i = 0; i < 500; ++i) REQUIRE(one.pick() == two.pick());
  }
}
