#include "proxy/pool/retry_budget.h"

#include <catch2/catch.hpp>

using namespace poise;
using pool::RetryBudget;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const base::MonotonicTime kStart{std::chrono::hours(1)};

RetryBudget budget(double share, std::uint32_t per_second) {
  pool::RetryConfig config;
  config.budget = share;
  config.min_per_second = per_second;
  return RetryBudget(config);
}

int taken(RetryBudget& from, base::MonotonicTime now, int most = 100'000) {
  int count = 0;
  while (count < most && from.take(now)) ++count;
  return count;
}

}  // namespace

TEST_CASE("requests earn retries by their share") {
  auto retries = budget(0.25, 0);
  for (int i = 0; i < 100; ++i) retries.on_request();
  CHECK(taken(retries, kStart) == 25);
  CHECK(taken(retries, kStart) == 0);
}

TEST_CASE("without requests and without a trickle there is no retry") {
  auto retries = budget(0.2, 0);
  CHECK_FALSE(retries.take(kStart));
  CHECK_FALSE(retries.take(kStart + seconds(100)));
}

TEST_CASE("a quiet pool may retry as often as the trickle allows") {
  auto retries = budget(0.2, 10);
  CHECK(taken(retries, kStart) == 100);
  CHECK(taken(retries, kStart + milliseconds(500)) == 5);
  CHECK(taken(retries, kStart + milliseconds(500)) == 0);
}

TEST_CASE("the trickle does not gather without end") {
  auto retries = budget(0.2, 10);
  CHECK(taken(retries, kStart) == 100);
  CHECK(taken(retries, kStart + std::chrono::hours(10)) == 100);
}

TEST_CASE("what requests earned does not gather without end") {
  auto retries = budget(1.0, 0);
  for (int i = 0; i < 1'000'000; ++i) retries.on_request();
  CHECK(taken(retries, kStart) == 1000);
}

TEST_CASE("under steady failure, retries stay at their share of requests") {
  auto retries = budget(0.2, 0);
  int made = 0;
  for (int i = 0; i < 10'000; ++i) {
    retries.on_request();
    if (retries.take(kStart)) ++made;
  }
  CHECK(made >= 1999);
  CHECK(made <= 2000);
}
