#include "balancing/selector.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <vector>

#include "proxy/base/random.h"
#include "tests/balancing/backends.h"

using namespace poise;
using namespace poise::balancing;
using namespace std::chrono_literals;

namespace {

Selector selector_of(const BackendSet& backends) { return {make_plan(backends, {}), backends, 1}; }

BackendMask mask_of(std::size_t size, const std::vector<BackendIndex>& members) {
  BackendMask mask(size);
  for (const auto index : members) mask.set(index);
  return mask;
}

// Picks first fit, and wants to know the loads of all workers.
class FirstFit : public Strategy {
 public:
  std::optional<BackendIndex> pick(const PickInput& input) override {
    const auto first = input.usable.next(0);
    return first < input.usable.size() ? std::optional(first) : std::nullopt;
  }
};
class SharingPlan : public Plan {
 public:
  std::unique_ptr<Strategy> picker(std::uint64_t) const override {
    return std::make_unique<FirstFit>();
  }
  bool wants_shared_load() const override { return true; }
};

}  // namespace

TEST_CASE("a selector counts what is under way") {
  const auto backends = set_of({1, 1});
  auto selector = selector_of(backends);
  selector.started(1);
  selector.started(1);
  CHECK(selector.in_flight(1) == 2);
  CHECK(selector.in_flight(0) == 0);
  selector.finished(1, {});
  CHECK(selector.in_flight(1) == 1);
}

TEST_CASE("whatever is held against a backend keeps new requests from it") {
  const auto backends = set_of({1, 1});
  for (const BackendStatus bits : {kDown, kEjected, kDraining, kUnknown, BackendStatus{15}}) {
    INFO(int(bits));
    auto selector = selector_of(backends);
    selector.set_status(0, bits, {});
    CHECK(selector.status(0) == bits);
    for (int i = 0; i < 10; ++i) CHECK(selector.pick({}) == 1U);
    selector.set_status(1, bits, {});
    CHECK_FALSE(selector.pick({}));
    CHECK_FALSE(selector.has_usable());
    selector.set_status(0, 0, {});
    CHECK(selector.pick({}) == 0U);
  }
}

TEST_CASE("whoever is on probation gets a tenth of its share under every strategy, and all alone") {
  const auto backends = equal_set(4);
  for (const auto& entry : all_strategies()) {
    INFO(entry.name);
    Selector selector(entry.make_plan(backends, {}), backends, 1);
    selector.set_status(1, kProbation, base::MonotonicTime{1s});
    base::Random keys(5);
    std::deque<BackendIndex> under_way;
    int picks = 0;
    for (int i = 0; i < 8000; ++i) {
      const auto picked = selector.pick({.key = keys(), .now = base::MonotonicTime{2h}}).value();
      selector.started(picked);
      under_way.push_back(picked);
      if (picked == 1) ++picks;
      if (under_way.size() <= 60) continue;
      selector.finished(under_way.front(), {Verdict::success, 1ms, base::MonotonicTime{2h}});
      under_way.pop_front();
    }
    CHECK(picks > 8000 / 4 / 20);
    CHECK(picks < 8000 / 4 / 5);
    for (const BackendIndex other : {0U, 2U, 3U}) selector.set_status(other, kEjected, {});
    for (int i = 0; i < 100; ++i) CHECK(selector.pick({.key = keys()}) == 1U);
    for (const BackendIndex other : {0U, 2U, 3U}) selector.set_status(other, 0, {});
    selector.set_status(1, 0, {});
    CHECK_FALSE(selector.weights().is_lowered());
  }
}

TEST_CASE(
    "a backend on probation that is down as well gets nothing, and keeps its sessions if not") {
  auto selector = selector_of(equal_set(2));
  selector.set_status(0, kProbation, {});
  CHECK(selector.pick({.bound = 0}) == 0U);
  CHECK(selector.has_usable_beside(kNobody));
  selector.set_status(0, kProbation | kDown, {});
  for (int i = 0; i < 50; ++i) CHECK(selector.pick({.bound = 0}) == 1U);
}

TEST_CASE("a bound session stays, also on a backend that drains or has no weight") {
  const auto backends = set_of({1, 0, 1});
  auto selector = selector_of(backends);
  for (int i = 0; i < 10; ++i) {
    CHECK(selector.pick({.bound = 2}) == 2U);
    CHECK(selector.pick({.bound = 1}) == 1U);
  }
  selector.set_status(2, kDraining, {});
  CHECK(selector.pick({.bound = 2}) == 2U);
  CHECK(selector.pick({}) == 0U);
}

TEST_CASE("a bound session leaves a backend whose drain is over, also while the tier panics") {
  const auto backends = set_of({1, 1});
  Selector selector(make_plan(backends, {}), backends, 1, {.panic = 1});
  selector.set_status(1, kDraining, {});
  CHECK(selector.pick({.bound = 1}) == 1U);
  selector.set_status(0, kDown, {});
  selector.set_status(1, kDown | kDraining | kDrained, {});
  for (int i = 0; i < 10; ++i) CHECK(selector.pick({.bound = 1}) == 0U);
}

TEST_CASE("a bound session moves when its backend is sick, excluded or gone") {
  const auto backends = set_of({1, 1});
  for (const BackendStatus bits : {kDown, kEjected, kUnknown, BackendStatus{kDown | kDraining}}) {
    INFO(int(bits));
    auto selector = selector_of(backends);
    selector.set_status(1, bits, {});
    CHECK(selector.pick({.bound = 1}) == 0U);
  }
  auto selector = selector_of(backends);
  const auto excluded = mask_of(2, {1});
  CHECK(selector.pick({.bound = 1, .excluded = excluded}) == 0U);
  CHECK(selector.pick({.bound = 7}).has_value());
  CHECK_FALSE(selector.pick({.bound = 1, .excluded = mask_of(2, {0, 1})}));
}

TEST_CASE("a selector says whether anybody is left beside the excluded") {
  const auto backends = set_of({1, 1, 0});
  auto selector = selector_of(backends);
  CHECK(selector.has_usable_beside(mask_of(3, {0})));
  CHECK_FALSE(selector.has_usable_beside(mask_of(3, {0, 1})));
  selector.set_status(0, kDown, {});
  CHECK_FALSE(selector.has_usable_beside(mask_of(3, {1})));
}

TEST_CASE("workers that share loads see each other's, and one that ends takes its own along") {
  const auto backends = set_of({1, 1});
  const auto plan = std::make_shared<SharingPlan>();
  SharedLoad shared[2];
  const std::vector<SharedLoad*> loads{&shared[0], &shared[1]};
  Selector one(plan, backends, 1, {}, loads);
  {
    Selector two(plan, backends, 2, {}, loads);
    one.started(0);
    two.started(0);
    two.started(1);
    CHECK(shared[0].in_flight == 2);
    CHECK(one.in_flight(0) == 1);
    two.finished(0, {});
    CHECK(shared[0].in_flight == 1);
    CHECK(shared[1].in_flight == 1);
  }
  CHECK(shared[1].in_flight == 0);
  CHECK(shared[0].in_flight == 1);
}

TEST_CASE("shared loads are left alone by a strategy that does not want them") {
  const auto backends = set_of({1});
  SharedLoad shared[1];
  Selector selector(make_plan(backends, {}), backends, 1, {}, {&shared[0]});
  selector.started(0);
  CHECK(shared[0].in_flight == 0);
  CHECK(selector.in_flight(0) == 1);
}
