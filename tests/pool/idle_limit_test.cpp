#include "proxy/pool/idle_limit.h"

#include <catch2/catch.hpp>

using namespace poise;
using pool::IdleLimit;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const base::MonotonicTime kStart{std::chrono::hours(5)};

IdleLimit taught(std::initializer_list<base::Duration> rests) {
  IdleLimit limit;
  for (const auto rest : rests) limit.closed_after(rest, kStart);
  return limit;
}

}  // namespace

TEST_CASE("nothing is learned from one or two closes") {
  CHECK(taught({}).safe_rest(kStart) == seconds(0));
  CHECK(taught({seconds(5)}).safe_rest(kStart) == seconds(0));
  CHECK(taught({seconds(5), seconds(5)}).safe_rest(kStart) == seconds(0));
}

TEST_CASE("three closes that agree are a rule, kept with a margin below the shortest") {
  const auto limit = taught({milliseconds(5100), seconds(5), milliseconds(5200)});
  CHECK(limit.safe_rest(kStart) == seconds(4));
}

TEST_CASE("closes that do not agree are no rule") {
  CHECK(taught({seconds(5), seconds(60), seconds(5), seconds(60)}).safe_rest(kStart) == seconds(0));
}

TEST_CASE("a close at once is a restart and no rule, and does not spoil one") {
  CHECK(taught({milliseconds(1), milliseconds(1), milliseconds(1)}).safe_rest(kStart) ==
        seconds(0));
  CHECK(taught({seconds(5), seconds(5), milliseconds(1), seconds(5)}).safe_rest(kStart) ==
        seconds(4));
}

TEST_CASE("what was learned is forgotten after a while without a close that confirms it") {
  const auto limit = taught({seconds(5), seconds(5), seconds(5)});
  CHECK(limit.safe_rest(kStart + minutes(10)) == seconds(4));
  CHECK(limit.safe_rest(kStart + minutes(10) + milliseconds(1)) == seconds(0));
}

TEST_CASE("a rule that changes is learned anew") {
  const auto limit =
      taught({seconds(5), seconds(5), seconds(5), seconds(2), seconds(2), seconds(2)});
  CHECK(limit.safe_rest(kStart) == seconds(1));
}

TEST_CASE("of a promise, all but a second is used, and half of a short one") {
  CHECK(IdleLimit::safe_part(seconds(5)) == seconds(4));
  CHECK(IdleLimit::safe_part(seconds(1)) == milliseconds(500));
  CHECK(IdleLimit::safe_part(seconds(0)) == seconds(0));
  CHECK(IdleLimit::safe_part(seconds(-1)) == seconds(0));
}
