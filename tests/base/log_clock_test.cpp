#include "proxy/base/log_clock.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <ctime>
#include <string>

using poise::base::LogClock;
using poise::base::WallTime;

namespace {

WallTime at(std::int64_t milliseconds) { return WallTime(std::chrono::milliseconds(milliseconds)); }

}  // namespace

TEST_CASE("wall time reads as RFC 3339 with milliseconds and as the common log has it") {
  LogClock clock;
  CHECK(clock.rfc3339(at(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(clock.rfc3339(at(1795341600123)) == "2026-11-22T10:00:00.123Z");
  CHECK(clock.common(at(1795341600123)) == "22/Nov/2026:10:00:00 +0000");
  CHECK(clock.rfc3339(at(1795341600007)) == "2026-11-22T10:00:00.007Z");
  CHECK(clock.rfc3339(at(1709251199999)) == "2024-02-29T23:59:59.999Z");
  CHECK(clock.rfc3339(at(1709251200000)) == "2024-03-01T00:00:00.000Z");
}

TEST_CASE("wall time reads as HTTP has it") {
  LogClock clock;
  CHECK(clock.imf_fixdate(at(784111777999)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(clock.imf_fixdate(at(1795341600123)) == "Sun, 22 Nov 2026 10:00:00 GMT");
}

TEST_CASE("the clock follows time forwards and backwards as the C library does") {
  LogClock clock;
  for (std::int64_t second = 0; second < 4'000'000'000; second += 12'345'677) {
    const std::time_t time = second;
    std::tm parts{};
    gmtime_r(&time, &parts);
    char expected[64];
    std::strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.042Z", &parts);
    REQUIRE(clock.rfc3339(at(second * 1000 + 42)) == expected);
    std::strftime(expected, sizeof expected, "%d/%b/%Y:%H:%M:%S +0000", &parts);
    REQUIRE(clock.common(at(second * 1000 + 42)) == expected);
    std::strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    REQUIRE(clock.imf_fixdate(at(second * 1000 + 42)) == expected);
    REQUIRE(clock.rfc3339(at(0)) == "1970-01-01T00:00:00.000Z");
  }
}
