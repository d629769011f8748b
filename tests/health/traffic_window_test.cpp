#include "health/traffic_window.h"

#include <catch2/catch.hpp>
#include <chrono>

using namespace std::chrono_literals;
using namespace poise;
using base::MonotonicTime;
using health::TrafficCounts;
using health::TrafficWindow;

namespace {

std::size_t bucket_of(base::Duration wait) {
  int bucket = 0;
  while (base::Histogram::upper_bound(bucket) < wait) ++bucket;
  return static_cast<std::size_t>(bucket);
}

TrafficCounts waits_of(std::initializer_list<base::Duration> waits) {
  TrafficCounts counts;
  for (const auto wait : waits) ++counts.waits[bucket_of(wait)];
  return counts;
}

}  // namespace

TEST_CASE("a window counts what came since it began and forgets what is older") {
  TrafficWindow window(10s);
  MonotonicTime now{};
  TrafficCounts counted;
  counted.passed = 1000;
  window.read(counted, now);
  CHECK(window.counts().passed == 0);
  for (int i = 1; i <= 100; ++i) {  // 50 s
    counted.passed += 5;
    window.read(counted, now += 500ms);
    CHECK(window.counts().passed == 5 * (window.span() / 500ms));
    CHECK(window.span() <= 12s);
  }
  CHECK(window.span() >= 10s);
}

TEST_CASE("counters that wrap make no difference") {
  TrafficWindow window(10s);
  TrafficCounts counted;
  counted.failed = 0xffff'fff0;
  window.read(counted, MonotonicTime{});
  counted.failed += 0x20;
  window.read(counted, MonotonicTime{} + 1s);
  CHECK(window.counts().failed == 0x20);
}

TEST_CASE("a cleared window begins anew with the next reading") {
  TrafficWindow window(10s);
  TrafficCounts counted;
  window.read(counted, MonotonicTime{});
  counted.failed = 30;
  window.read(counted, MonotonicTime{} + 1s);
  window.clear();
  CHECK(window.counts().judged() == 0);
  counted.failed = 31;
  window.read(counted, MonotonicTime{} + 2s);
  CHECK(window.counts().failed == 0);
  counted.failed = 33;
  window.read(counted, MonotonicTime{} + 3s);
  CHECK(window.counts().failed == 2);
  CHECK(window.span() == 1s);
}

TEST_CASE("the median wait lies within its bucket") {
  const auto even = waits_of({5ms, 5ms, 5ms, 5ms});
  CHECK(even.median_wait() > 4ms);
  CHECK(even.median_wait() <= 8200us);
  const auto mixed = waits_of({1ms, 1ms, 1ms, 200ms, 200ms});
  CHECK(mixed.median_wait() < 1100us);
  const auto slow = waits_of({1ms, 200ms, 200ms});
  CHECK(slow.median_wait() > 130ms);
  CHECK(waits_of({1us}).median_wait() <= 16us);
  TrafficCounts beyond;
  beyond.waits.back() = 3;
  CHECK(beyond.median_wait() == base::Histogram::upper_bound(base::Histogram::kBuckets - 1));
}
