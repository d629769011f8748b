// Tiers, zones, panic and slow start, as picks show them: with every strategy, where it matters.
#include "balancing/lanes.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "balancing/hash.h"
#include "balancing/selector.h"
#include "proxy/base/random.h"
#include "tests/balancing/backends.h"

using namespace poise;
using namespace poise::balancing;
using namespace std::chrono_literals;

namespace {

constexpr int kPicks = 20000;

BackendSet two_tiers() {
  std::vector<BackendInfo> list;
  for (std::uint32_t i = 0; i < 8; ++i) list.push_back({address_of(i), 1, "", i / 4});
  return BackendSet(std::move(list));
}

BackendSet two_zones() {
  std::vector<BackendInfo> list;
  for (std::uint32_t i = 0; i < 8; ++i)
    list.push_back({address_of(i), 1, i < 4 ? "here" : "there"});
  return BackendSet(std::move(list));
}

Selector selector_of(const BackendSet& backends, SelectorConfig config = {},
                     std::string_view strategy = "round-robin") {
  return {plan_of(strategy, backends), backends, 1, std::move(config)};
}

void put_down(Selector& selector, const std::vector<BackendIndex>& down,
              BackendStatus bits = kDown) {
  for (const auto index : down) selector.set_status(index, bits, {});
}

// Of picks with random keys, none under way for long.
std::vector<double> shares(Selector& selector, std::size_t size, base::MonotonicTime now = {}) {
  base::Random random(5);
  std::vector<double> found(size);
  for (int i = 0; i < kPicks; ++i) {
    const auto picked = selector.pick({.key = random(), .now = now});
    if (!picked) continue;
    found[*picked] += 1.0 / kPicks;
    selector.started(*picked);
    selector.finished(*picked, {Verdict::success, 5ms, now});
  }
  return found;
}

double sum(const std::vector<double>& shares, std::size_t from, std::size_t to) {
  double all = 0;
  for (auto i = from; i < to; ++i) all += shares[i];
  return all;
}

}  // namespace

TEST_CASE("the second tier gets nothing while the first can do it all") {
  const auto backends = two_tiers();
  auto selector = selector_of(backends);
  CHECK(sum(shares(selector, 8), 0, 4) == Approx(1));
  put_down(selector, {0});
  const auto found = shares(selector, 8);
  CHECK(found[0] == 0);
  CHECK(sum(found, 1, 4) == Approx(1));
}

TEST_CASE("the second tier helps out by degrees, whatever the strategy") {
  const auto backends = two_tiers();
  for (const auto& entry : all_strategies()) {
    INFO(entry.name);
    auto selector = selector_of(backends, {}, entry.name);
    put_down(selector, {0, 1});
    const auto found = shares(selector, 8);
    CHECK(sum(found, 2, 4) == Approx(0.7).margin(0.02));
    CHECK(sum(found, 4, 8) == Approx(0.3).margin(0.02));
    put_down(selector, {2, 3});
    CHECK(sum(shares(selector, 8), 4, 8) == Approx(1));
    CHECK_FALSE(selector.is_panicking());
  }
}

TEST_CASE("turns stay fair while two tiers take them alternately") {
  const auto backends = two_tiers();
  auto selector = selector_of(backends);
  put_down(selector, {0, 1});
  const auto found = shares(selector, 8);
  CHECK(found[2] == Approx(found[3]).margin(0.001));
  for (std::size_t i = 5; i < 8; ++i) CHECK(found[i] == Approx(found[4]).margin(0.001));
}

TEST_CASE("who tried the whole first tier goes on to the second") {
  const auto backends = two_tiers();
  auto selector = selector_of(backends);
  BackendMask tried(8);
  for (const BackendIndex i : {0U, 1U, 2U, 3U}) tried.set(i);
  const auto picked = selector.pick({.excluded = tried});
  REQUIRE(picked);
  CHECK(*picked >= 4);
  CHECK(selector.has_usable_beside(tried));
}

TEST_CASE("a draining tier hands over to the next") {
  const auto backends = two_tiers();
  auto selector = selector_of(backends);
  put_down(selector, {0, 1, 2, 3}, kDraining);
  CHECK(sum(shares(selector, 8), 4, 8) == Approx(1));
  CHECK(selector.pick({.bound = 1}) == 1U);
}

TEST_CASE("a key keeps its backend while tiers spill over") {
  const auto backends = two_tiers();
  auto selector = selector_of(backends, {}, "maglev");
  put_down(selector, {0, 1});
  for (std::uint64_t key = 1; key < 200; ++key) {
    const auto home = selector.pick({.key = mix(key, 0)});
    for (int i = 0; i < 5; ++i) CHECK(selector.pick({.key = mix(key, 0)}) == home);
  }
}

TEST_CASE("a poise prefers its own zone and overflows by degrees") {
  const auto backends = two_zones();
  for (const auto& entry : all_strategies()) {
    INFO(entry.name);
    auto selector = selector_of(backends, {.zone = "here"}, entry.name);
    CHECK(sum(shares(selector, 8), 0, 4) == Approx(1));
    put_down(selector, {0, 1});
    CHECK(sum(shares(selector, 8), 4, 8) == Approx(0.3).margin(0.02));
    put_down(selector, {2, 3});
    CHECK(sum(shares(selector, 8), 4, 8) == Approx(1));
  }
}

TEST_CASE("zones mean nothing to a poise without one, or where nobody is in it") {
  const auto backends = two_zones();
  for (const std::string zone : {"", "elsewhere"}) {
    auto selector = selector_of(backends, {.zone = zone});
    for (const auto share : shares(selector, 8)) CHECK(share == Approx(0.125).margin(0.001));
  }
}

TEST_CASE("a nearer tier comes before the own zone") {
  std::vector<BackendInfo> list{{"a", 1, "there", 0}, {"b", 1, "here", 1}, {"c", 1, "here", 0}};
  const BackendSet backends(std::move(list));
  auto selector = selector_of(backends, {.zone = "here"});
  CHECK(selector.pick({}) == 2U);
  put_down(selector, {2});
  const auto found = shares(selector, 3);
  CHECK(found[0] == Approx(0.7).margin(0.02));
  CHECK(found[1] == Approx(0.3).margin(0.02));
  put_down(selector, {0});
  CHECK(selector.pick({}) == 1U);
}

TEST_CASE("without panic nobody healthy is nobody to pick") {
  const auto backends = equal_set(4);
  auto selector = selector_of(backends);
  put_down(selector, {0, 1, 2, 3});
  CHECK_FALSE(selector.pick({}));
  CHECK_FALSE(selector.is_panicking());
}

TEST_CASE("in panic health is ignored, and it ends when enough are healthy again") {
  const auto backends = equal_set(4);
  auto selector = selector_of(backends, {.panic = 0.5});
  put_down(selector, {0, 1});
  CHECK_FALSE(selector.is_panicking());
  put_down(selector, {2}, kEjected);
  CHECK(selector.is_panicking());
  for (const auto share : shares(selector, 4)) CHECK(share == Approx(0.25).margin(0.001));
  CHECK(selector.pick({.bound = 0}) == 0U);
  selector.set_status(2, 0, {});
  CHECK_FALSE(selector.is_panicking());
  CHECK(sum(shares(selector, 4), 0, 2) == 0);
  put_down(selector, {2, 3});
  CHECK(selector.is_panicking());
  CHECK(selector.has_usable());
}

TEST_CASE("panic spares who drains and who was never judged") {
  const auto backends = equal_set(4);
  auto selector = selector_of(backends, {.panic = 0.6});
  put_down(selector, {0}, kDraining | kDown);
  put_down(selector, {1}, kUnknown);
  put_down(selector, {2});
  CHECK(selector.is_panicking());
  const auto found = shares(selector, 4);
  CHECK(found[0] == 0);
  CHECK(found[1] == 0);
  CHECK(found[2] == Approx(0.5).margin(0.001));
  auto starting = selector_of(backends, {.panic = 0.6});
  put_down(starting, {0, 1, 2, 3}, kUnknown);
  CHECK_FALSE(starting.is_panicking());
  CHECK_FALSE(starting.pick({}));
  auto drained = selector_of(backends, {.panic = 0.6});
  put_down(drained, {0, 1, 2}, kDraining);
  CHECK_FALSE(drained.is_panicking());
}

TEST_CASE("a tier does not panic while another can do it all") {
  const auto backends = two_tiers();
  auto selector = selector_of(backends, {.panic = 0.5});
  put_down(selector, {0, 1, 2, 3});
  CHECK_FALSE(selector.is_panicking());
  CHECK(sum(shares(selector, 8), 4, 8) == Approx(1));
  put_down(selector, {4, 5, 6});
  CHECK(selector.is_panicking());
  const auto found = shares(selector, 8);
  CHECK(sum(found, 4, 8) == Approx(1));
  for (std::size_t i = 4; i < 8; ++i) CHECK(found[i] == Approx(0.25).margin(0.001));
  put_down(selector, {7});
  CHECK(sum(shares(selector, 8), 0, 4) == Approx(1));
}

TEST_CASE("zones are no matter in a panic") {
  const auto backends = two_zones();
  auto selector = selector_of(backends, {.panic = 0.5, .zone = "here"});
  put_down(selector, {1, 2, 3, 4, 5, 6});
  CHECK(selector.is_panicking());
  for (const auto share : shares(selector, 8)) CHECK(share == Approx(0.125).margin(0.02));
}

TEST_CASE("a backend that became fit starts slowly, whatever the strategy") {
  constexpr base::MonotonicTime kFit{1000s};
  const auto backends = equal_set(4);
  for (const auto& entry : all_strategies()) {
    // Its turns depend on load, of which there is none here: adaptive_test.cpp has some.
    if (entry.name == "least-connections" || entry.name == "peak-ewma") continue;
    if (entry.name == "sticky-cookie") continue;  // least-connections places its clients
    auto selector = selector_of(backends, {.slow_start = 100s}, entry.name);
    selector.set_status(1, kDown, kFit - 50s);
    selector.set_status(1, 0, kFit);
    double last = 0;
    for (const int second : {0, 25, 50, 75, 100}) {
      const double weight = 0.1 + 0.9 * second / 100;
      const double share = shares(selector, 4, kFit + second * 1s)[1];
      INFO(entry.name << " after " << second << " s: " << share);
      CHECK(share >= last);
      // Hashing strategies give each key that is not admitted to another: share = weight / 4.
      CHECK(share > weight / 4 - 0.03);
      CHECK(share < weight / (3 + weight) + 0.03);
      last = share;
    }
    CHECK_FALSE(selector.weights().is_ramping());
  }
}

TEST_CASE("a ramping backend counts as more loaded to those who count") {
  constexpr base::MonotonicTime kFit{1000s};
  const auto backends = equal_set(4);
  for (const std::string strategy : {"least-connections", "power-of-two", "peak-ewma"}) {
    INFO(strategy);
    auto selector = selector_of(backends, {.slow_start = 100s}, strategy);
    selector.set_status(1, 0, kFit);
    for (int i = 0; i < 310; ++i) {
      selector.started(selector.pick({.now = kFit + 1ms}).value());
    }
    CHECK(selector.in_flight(1) <= 25);
    CHECK(selector.in_flight(1) >= 1);
  }
}

TEST_CASE("nobody starts slowly who was always fit, or long ago, or without the setting") {
  const auto backends = equal_set(2);
  auto first_start = selector_of(backends, {.slow_start = 10s});
  first_start.set_status(0, 0, {});
  CHECK_FALSE(first_start.weights().is_ramping());
  auto reloaded = selector_of(backends, {.slow_start = 10s});
  reloaded.set_status(0, 0, base::MonotonicTime{5s});
  (void)reloaded.pick({.now = base::MonotonicTime{16s}});
  CHECK_FALSE(reloaded.weights().is_ramping());
  auto off = selector_of(backends);
  off.set_status(0, 0, base::MonotonicTime{5s});
  CHECK_FALSE(off.weights().is_ramping());
}

TEST_CASE("a new selector goes on with a ramp where the one before was") {
  const auto backends = equal_set(2);
  auto selector = selector_of(backends, {.slow_start = 10s});
  selector.set_status(0, 0, base::MonotonicTime{100s});
  (void)selector.pick({.now = base::MonotonicTime{105s}});
  CHECK(selector.weights()[0] == Approx(0.55 * EffectiveWeights::kUnit).margin(1));
}

TEST_CASE("a status that flaps leaves every strategy whole") {
  const auto backends = two_tiers();
  for (const auto& entry : all_strategies()) {
    INFO(entry.name);
    auto selector =
        selector_of(backends, {.slow_start = 1s, .panic = 0.3, .zone = "x"}, entry.name);
    base::Random random(3);
    base::MonotonicTime now{1s};
    for (int i = 0; i < 5000; ++i) {
      now += 1ms;
      if (i % 3 == 0) {
        const BackendStatus bits = random.below(2) == 0 ? 0 : BackendStatus(random.below(16));
        selector.set_status(random.below(8), bits, now);
      }
      const auto picked = selector.pick({.key = random(), .now = now});
      REQUIRE(picked.has_value() == selector.has_usable());
      if (!picked) continue;
      REQUIRE((selector.status(*picked) & (kDraining | kUnknown)) == 0);
      if (!selector.is_panicking()) REQUIRE(selector.status(*picked) == 0);
      selector.started(*picked);
      selector.finished(*picked, {Verdict::success, 1ms, now});
    }
  }
}

TEST_CASE("adaptive strategies can say what they hold against a backend") {
  const auto backends = equal_set(2);
  for (const std::string strategy : {"least-connections", "power-of-two", "peak-ewma"}) {
    auto selector = selector_of(backends, {}, strategy);
    for (const BackendIndex i : {0U, 1U}) {
      selector.started(i);
      selector.finished(i, {Verdict::success, 5ms, {}});
    }
    selector.started(0);
    CHECK(*selector.score(0, {}) > *selector.score(1, {}));
  }
  CHECK_FALSE(selector_of(backends).score(0, {}));
}
