#include "health/probe_pace.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <queue>
#include <vector>

using namespace std::chrono_literals;
using namespace poise;
using base::Duration;
using health::ActiveConfig;
using health::ProbePace;

namespace {

// When each of so many backends is probed within `length`; every probe takes no time.
std::vector<Duration> probes_of(std::size_t backends, const ActiveConfig& config, Duration length) {
  ProbePace pace(7);
  pace.begin_batch();
  std::vector<Duration> times;
  for (std::size_t i = 0; i < backends; ++i) {
    Duration at = pace.first(config);
    times.push_back(at);
    at += pace.second(config, false);
    for (; at < length; at += pace.next(config, false, 0ms)) times.push_back(at);
  }
  return times;
}

std::vector<int> count_by(const std::vector<Duration>& times, Duration slot, Duration length) {
  std::vector<int> counts(static_cast<std::size_t>(length / slot));
  for (const Duration time : times) {
    if (time < length) ++counts[static_cast<std::size_t>(time / slot)];
  }
  return counts;
}

}  // namespace

TEST_CASE("the probes of 10,000 backends come evenly from the first second on") {
  const ActiveConfig config;  // every 5 s
  const auto counts = count_by(probes_of(10'000, config, 60s), 100ms, 60s);
  // 200 are due in each tenth of a second; in the first 10 s those that come first, and those that
  // come second, add up to no more than twice as many.
  for (std::size_t i = 0; i < counts.size(); ++i) {
    INFO("tenth of a second " << i);
    CHECK(counts[i] < (i < 100 ? 470 : 290));
    if (i >= 100) CHECK(counts[i] > 130);
  }
}

TEST_CASE("a few backends are all probed at once after the start") {
  const auto counts = count_by(probes_of(3, ActiveConfig{}, 5s), 10ms, 5s);
  CHECK(counts[0] == 3);
}

TEST_CASE("jitter keeps each pause within its share of the interval") {
  ActiveConfig config;
  config.interval = 1s;
  config.jitter = 0.1;
  ProbePace pace(1);
  Duration least = 1h;
  Duration most = 0s;
  for (int i = 0; i < 1000; ++i) {
    const Duration pause = pace.next(config, false, 0ms);
    least = std::min(least, pause);
    most = std::max(most, pause);
  }
  CHECK(least >= 900ms);
  CHECK(least < 910ms);
  CHECK(most <= 1100ms);
  CHECK(most > 1090ms);
}

TEST_CASE("the time a probe took belongs to the interval") {
  ActiveConfig config;
  config.interval = 1s;
  config.jitter = 0;
  ProbePace pace(1);
  CHECK(pace.next(config, false, 300ms) == 700ms);
  CHECK(pace.next(config, false, 3s) == 0ms);
}

TEST_CASE("a backend that is down is probed in its own interval") {
  ActiveConfig config;
  config.interval = 10s;
  config.jitter = 0;
  ProbePace pace(1);
  CHECK(pace.next(config, true, 0ms) == 10s);
  config.interval_down = 500ms;
  CHECK(pace.next(config, true, 0ms) == 500ms);
  CHECK(pace.next(config, false, 0ms) == 10s);
  for (int i = 0; i < 100; ++i) CHECK(pace.second(config, true) < 500ms);
}

TEST_CASE("equal seeds make equal paces") {
  ProbePace one(5);
  ProbePace two(5);
  const ActiveConfig config;
  for (int i = 0; i < 10; ++i) CHECK(one.next(config, false, 0ms) == two.next(config, false, 0ms));
}
