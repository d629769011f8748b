#include "proxy/base/histogram_sum.h"

#include <catch2/catch.hpp>
#include <chrono>

using namespace poise::base;
using namespace std::chrono_literals;

namespace {

HistogramSum of(std::initializer_list<Duration> durations) {
  Histogram histogram;
  for (const Duration duration : durations) histogram.observe(duration);
  HistogramSum sum;
  sum.add(histogram);
  return sum;
}

}  // namespace

TEST_CASE("a quantile lies within the bucket that holds it") {
  const HistogramSum sum = of({1ms, 1ms, 1ms, 1ms, 1ms, 1ms, 1ms, 1ms, 1ms, 90ms});
  CHECK(sum.count() == 10);
  CHECK(sum.quantile(0.5) > 800us);
  CHECK(sum.quantile(0.5) <= 1ms);
  CHECK(sum.quantile(0.9) <= 1ms);
  CHECK(sum.quantile(0.99) > 80ms);
  CHECK(sum.quantile(0.99) <= 100ms);
}

TEST_CASE("of nothing every quantile is zero, and what is beyond all bounds is at the last") {
  CHECK(HistogramSum{}.quantile(0.99) == 0s);
  CHECK(of({1h}).quantile(0.5) == 100s);
}

TEST_CASE("the difference of two moments is what came between") {
  const HistogramSum before = of({1ms, 1s});
  HistogramSum now = before;
  now += of({20ms});
  const HistogramSum between = now - before;
  CHECK(between.count() == 1);
  CHECK(between.sum == 20ms);
  CHECK(between.quantile(0.5) > 16ms);
}
