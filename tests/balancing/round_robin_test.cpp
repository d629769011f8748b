#include "balancing/strategies/round_robin.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "balancing/selector.h"

using namespace poise::balancing;

namespace {

BackendSet set_of(const std::vector<std::uint32_t>& weights) {
  std::vector<BackendInfo> backends;
  for (const auto weight : weights) {
    backends.push_back({std::string(1, static_cast<char>('a' + backends.size())), weight});
  }
  return BackendSet(std::move(backends));
}

std::string picks(Selector& selector, const BackendSet& backends, int count) {
  std::string names;
  for (; count > 0; --count) names += backends.name(selector.pick({}).value());
  return names;
}

std::string picks(const std::vector<std::uint32_t>& weights, std::uint64_t seed, int count) {
  const auto backends = set_of(weights);
  Selector selector(plan_round_robin(backends, {}), backends, seed);
  return picks(selector, backends, count);
}

}  // namespace

TEST_CASE("round robin takes equal backends in turn") {
  const std::string turns = "abcdabcdabcd";
  CHECK(turns.find(picks({1, 1, 1, 1}, 1, 8)) != turns.npos);
  CHECK(turns.find(picks({9, 9, 9, 9}, 2, 8)) != turns.npos);
}

TEST_CASE("round robin spreads the turns of a heavy backend") {
  const std::string turns =
      "aabacaa"
      "aabacaa"
      "aabacaa";
  const std::string picked = picks({5, 1, 1}, 1, 14);
  INFO(picked);
  CHECK(turns.find(picked) != turns.npos);
}

TEST_CASE("round robin is exact over each whole cycle, wherever it starts") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::string picked = picks({5, 1, 3}, seed, 9);
    CHECK(std::count(picked.begin(), picked.end(), 'a') == 5);
    CHECK(std::count(picked.begin(), picked.end(), 'b') == 1);
    CHECK(std::count(picked.begin(), picked.end(), 'c') == 3);
  }
}

TEST_CASE("workers with different seeds do not all begin with the same backend") {
  for (const std::vector<std::uint32_t>& weights :
       {std::vector<std::uint32_t>{1, 1, 1, 1}, {2, 1, 1, 2}}) {
    std::set<std::string> first;
    for (std::uint64_t seed = 0; seed < 64; ++seed) first.insert(picks(weights, seed, 1));
    CHECK(first.size() == 4);
  }
}

TEST_CASE("round robin over huge weights and many backends starts quickly and stays fair") {
  std::vector<std::uint32_t> weights(1000, 16'001);
  weights[0] = 64'004;
  const auto backends = set_of(weights);
  Selector selector(plan_round_robin(backends, {}), backends, 3);
  std::vector<int> counts(1000);
  for (int i = 0; i < 10030; ++i) ++counts[selector.pick({}).value()];
  CHECK(counts[0] == Approx(40).margin(2));
  CHECK(counts[500] == Approx(10).margin(2));
}

TEST_CASE("a backend that was out does not catch up on what it missed") {
  const auto backends = set_of({2, 1, 1});
  Selector selector(plan_round_robin(backends, {}), backends, 3);
  selector.set_status(0, kDown, {});
  (void)picks(selector, backends, 1000);
  selector.set_status(0, 0, {});
  const std::string picked = picks(selector, backends, 40);
  CHECK(std::count(picked.begin(), picked.end(), 'a') <= 22);
}
