// The strategies that look at load and latency, in simulated traffic.
#include <catch2/catch.hpp>

#include "tests/balancing/simulation.h"

using namespace poise;
using namespace poise::balancing;
using namespace std::chrono_literals;

namespace {

Scene one_slow_of_four(const std::string& strategy, std::size_t workers, std::uint64_t seed) {
  return {
      .strategy = strategy, .service = {10ms, 10ms, 10ms, 100ms}, .workers = workers, .seed = seed};
}

double ideal_p99(std::size_t workers, std::uint64_t seed) {
  Scene scene = one_slow_of_four("least-connections", workers, seed);
  scene.service.pop_back();
  return simulate(scene).percentile(0.99);
}

Selector selector_of(const std::string& strategy, const BackendSet& backends) {
  return {plan_of(strategy, backends), backends, 1};
}

}  // namespace

TEST_CASE("peak-ewma keeps the tail near that of the fast backends alone") {
  for (const std::size_t workers : {1, 2, 8}) {
    for (const std::uint64_t seed : {1, 2, 3}) {
      const Course course = simulate(one_slow_of_four("peak-ewma", workers, seed));
      INFO(workers << " workers, slow share " << course.share_of(3));
      CHECK(course.percentile(0.99) <= 1.25 * ideal_p99(workers, seed));
      CHECK(course.share_of(3) < 0.015);
      CHECK(course.picks[3] > 0);  // it is looked at again now and then
    }
  }
}

TEST_CASE("least-connections and power-of-two give a slow backend less, over all workers") {
  for (const std::size_t workers : {1, 8}) {
    INFO(workers);
    CHECK(simulate(one_slow_of_four("least-connections", workers, 1)).share_of(3) < 0.08);
    CHECK(simulate(one_slow_of_four("power-of-two", workers, 1)).share_of(3) < 0.10);
    CHECK(simulate(one_slow_of_four("round-robin", workers, 1)).share_of(3) > 0.2);
  }
}

TEST_CASE("strategies that count requests stay level over many workers") {
  for (const std::string strategy : {"least-connections", "power-of-two"}) {
    for (const std::size_t workers : {1, 2, 4, 8}) {
      INFO(strategy << " with " << workers << " workers");
      const Course course = simulate({.strategy = strategy,
                                      .service = std::vector<base::Duration>(10, 20ms),
                                      .rate = 10000,
                                      .workers = workers,
                                      .length = 10s,
                                      .warm_up = 1s});
      // 20 requests are under way on each at any time.
      const double most = strategy == "least-connections" ? 35 : 40;
      for (const auto in_flight : course.most_in_flight) CHECK(in_flight < most);
      for (std::size_t i = 0; i < 10; ++i) CHECK(course.share_of(i) == Approx(0.1).margin(0.01));
    }
  }
}

TEST_CASE("workers that do not know of each other are fair together") {
  for (const std::string strategy : {"round-robin", "random", "peak-ewma", "maglev", "ip-hash"}) {
    for (const std::size_t workers : {2, 5, 8}) {
      INFO(strategy << " with " << workers << " workers");
      const Course course = simulate({.strategy = strategy,
                                      .service = std::vector<base::Duration>(5, 10ms),
                                      .rate = 2000,
                                      .workers = workers,
                                      .length = 30s,
                                      .warm_up = 1s});
      for (std::size_t i = 0; i < 5; ++i) CHECK(course.share_of(i) == Approx(0.2).margin(0.03));
    }
  }
}

TEST_CASE("least-connections takes whom most is left of, by weight, and equals in turn") {
  const auto backends = set_of({4, 1, 1});
  auto selector = selector_of("least-connections", backends);
  for (int i = 0; i < 60; ++i) selector.started(selector.pick({}).value());
  CHECK(selector.in_flight(0) == 40);
  CHECK(selector.in_flight(1) == 10);
  CHECK(selector.in_flight(2) == 10);

  const auto equals = equal_set(4);
  auto idle = selector_of("least-connections", equals);
  std::vector<int> counts(4);
  for (int i = 0; i < 40; ++i) ++counts[idle.pick({}).value()];
  CHECK(counts == std::vector<int>{10, 10, 10, 10});
}

TEST_CASE("least-connections sees what other workers have under way") {
  const auto backends = equal_set(3);
  std::vector<SharedLoad> shared(3);
  const std::vector<SharedLoad*> loads{&shared[0], &shared[1], &shared[2]};
  const auto plan = plan_of("least-connections", backends);
  Selector one(plan, backends, 1, {}, loads);
  Selector two(plan, backends, 2, {}, loads);
  one.started(0);
  one.started(2);
  for (int i = 0; i < 5; ++i) CHECK(two.pick({}) == 1U);
}

namespace {

// Serves `count` requests one after the other, each taking as long as `latency` says.
std::vector<int> serve(Selector& selector, base::MonotonicTime& now, int count,
                       const std::vector<Outcome>& answers) {
  std::vector<int> picks(answers.size());
  for (int i = 0; i < count; ++i) {
    const auto backend = selector.pick({.now = now}).value();
    ++picks[backend];
    selector.started(backend);
    now += answers[backend].latency;
    Outcome outcome = answers[backend];
    outcome.now = now;
    selector.finished(backend, outcome);
  }
  return picks;
}

}  // namespace

TEST_CASE("peak-ewma gives a backend that turned slow nearly nothing within tens of requests") {
  const auto backends = equal_set(4);
  auto selector = selector_of("peak-ewma", backends);
  base::MonotonicTime now{};
  const Outcome fast{Verdict::success, 10ms, {}};
  const Outcome slow{Verdict::success, 100ms, {}};
  const auto before = serve(selector, now, 400, {fast, fast, fast, fast});
  for (const auto count : before) CHECK(count > 60);
  const auto after = serve(selector, now, 100, {fast, fast, fast, slow});
  CHECK(after[3] <= 2);
  serve(selector, now, 4000, {fast, fast, fast, fast});
  const auto again = serve(selector, now, 400, {fast, fast, fast, fast});
  CHECK(again[3] > 60);
}

TEST_CASE("peak-ewma is not attracted by a backend that fails fast") {
  const auto backends = equal_set(4);
  auto selector = selector_of("peak-ewma", backends);
  base::MonotonicTime now{};
  const Outcome good{Verdict::success, 10ms, {}};
  const Outcome refused{Verdict::failure, 100us, {}};
  CHECK(serve(selector, now, 500, {good, good, good, refused})[3] <= 5);
}

TEST_CASE("peak-ewma tries an unknown backend with one request, not with all") {
  const auto backends = equal_set(3);
  auto selector = selector_of("peak-ewma", backends);
  base::MonotonicTime now{};
  for (int i = 0; i < 30; ++i) {
    const auto backend = selector.pick({.now = now}).value();
    selector.started(backend);
    now += 1ms;
    if (backend == 2) continue;  // never answers
    selector.finished(backend, {Verdict::success, 1ms, now});
  }
  CHECK(selector.in_flight(2) == 1);
}

TEST_CASE("peak-ewma learns from requests given up only that they took long") {
  const auto backends = equal_set(2);
  auto selector = selector_of("peak-ewma", backends);
  base::MonotonicTime now{};
  const Outcome good{Verdict::success, 10ms, {}};
  serve(selector, now, 100, {good, good});
  const Outcome quick{Verdict::cancelled, 1ms, {}};
  CHECK(serve(selector, now, 200, {good, quick})[1] > 60);
  const Outcome hung{Verdict::cancelled, 5s, {}};
  CHECK(serve(selector, now, 100, {good, hung})[1] <= 2);
}
