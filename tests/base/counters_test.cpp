#include "proxy/base/counters.h"

#include <catch2/catch.hpp>

using namespace poise::base;
using std::chrono::microseconds;
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

}  // namespace

TEST_CASE("a cell adds and subtracts") {
  Cell cell;
  cell.add();
  cell.add(41);
  cell.subtract(2);
  CHECK(cell.read() == 40);
}

TEST_CASE("a bucket holds all up to its upper bound, the bound included") {
  CHECK(bucket_of(nanoseconds(0)) == 0);
  CHECK(bucket_of(microseconds(16)) == 0);
  CHECK(bucket_of(microseconds(16) + nanoseconds(1)) == 1);
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    CHECK(bucket_of(Histogram::upper_bound(i)) == i);
    CHECK(bucket_of(Histogram::upper_bound(i) + nanoseconds(1)) == i + 1);
  }
}

TEST_CASE("what is longer than every bound goes into the last bucket") {
  CHECK(bucket_of(seconds(1'000'000)) == Histogram::kBuckets);
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

TEST_CASE("a status counts in its class, and a senseless one as a failure") {
  CHECK(status_class(100) == 0);
  CHECK(status_class(204) == 1);
  CHECK(status_class(399) == 2);
  CHECK(status_class(404) == 3);
  CHECK(status_class(599) == 4);
  CHECK(status_class(0) == 4);
  CHECK(status_class(600) == 4);
}
