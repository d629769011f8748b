#include "proxy/base/histogram.h"

#include <catch2/catch.hpp>

#include "proxy/base/random.h"

using namespace poise::base;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

namespace {

// The only bucket with something in it; -1 when there is none or more than one.
int bucket_of(Duration duration) {
  Histogram histogram;
  histogram.observe(duration);
  int found = -1;
  for (int i = 0; i <= Histogram::kBuckets; ++i) {
    if (histogram.count_in(i) == 0) continue;
    if (found != -1) return -1;
    found = i;
  }
  return found;
}

int bucket_by_search(Duration duration) {
  int bucket = 0;
  while (bucket < Histogram::kBuckets && Histogram::upper_bound(bucket) < duration) ++bucket;
  return bucket;
}

bool is_bound(Duration duration) {
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    if (Histogram::upper_bound(i) == duration) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a bucket holds all up to its upper bound, the bound included") {
  CHECK(bucket_of(nanoseconds(0)) == 0);
  CHECK(bucket_of(microseconds(10)) == 0);
  CHECK(bucket_of(microseconds(10) + nanoseconds(1)) == 1);
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    CHECK(bucket_of(Histogram::upper_bound(i)) == i);
    CHECK(bucket_of(Histogram::upper_bound(i) + nanoseconds(1)) == i + 1);
  }
}

TEST_CASE("any duration is in the bucket that a search finds") {
  Random random{7};
  for (int i = 0; i < 20'000; ++i) {
    const Duration duration(static_cast<std::int64_t>(random() >> (20 + random.below(40))));
    INFO(duration.count());
    REQUIRE(bucket_of(duration) == bucket_by_search(duration));
  }
}

TEST_CASE("1, 2 and 5 of each decade are bounds, and steps stay below 1.3") {
  for (Duration decade = microseconds(10); decade < seconds(100); decade *= 10) {
    for (const int step : {1, 2, 5}) CHECK(is_bound(decade * step));
  }
  CHECK(is_bound(seconds(100)));
  for (int i = 1; i < Histogram::kBuckets; ++i) {
    CHECK(Histogram::upper_bound(i) * 10 < Histogram::upper_bound(i - 1) * 13);
  }
}

TEST_CASE("what is longer than every bound goes into the last bucket") {
  CHECK(bucket_of(seconds(100) + nanoseconds(1)) == Histogram::kBuckets);
  CHECK(bucket_of(seconds(1'000'000)) == Histogram::kBuckets);
  CHECK(bucket_of(Duration::max()) == Histogram::kBuckets);
}

TEST_CASE("a negative duration counts as none") {
  Histogram histogram;
  histogram.observe(seconds(-1));
  CHECK(histogram.count_in(0) == 1);
  CHECK(histogram.sum() == Duration(0));
}

TEST_CASE("a histogram sums what it was shown") {
  Histogram histogram;
  histogram.observe(microseconds(3));
  histogram.observe(seconds(2));
  CHECK(histogram.sum() == seconds(2) + microseconds(3));
}
