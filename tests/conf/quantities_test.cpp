#include "conf/reader/quantities.h"

#include <catch2/catch.hpp>
#include <chrono>

using namespace poise::conf;
using namespace std::chrono_literals;

TEST_CASE("durations are read with their units, largest first") {
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("5s") == 5s);
  CHECK(parse_duration("1m30s") == 90s);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("1h1ms") == 1h + 1ms);
  CHECK(parse_duration("0") == 0s);
  CHECK(parse_duration("0s") == 0s);
}

TEST_CASE("what is no duration is refused") {
  for (const auto* text : {"", "5", "s", "5 s", "-5s", "5s1m", "5s5s", "1.5s", "5S", "5us", "1d",
                           "5s ", "99999999999999999h", "9223372036s999999999ms"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("a duration is shown as it would be written") {
  CHECK(to_text(90s) == "1m30s");
  CHECK(to_text(0s) == "0s");
  CHECK(to_text(24h) == "24h");
  CHECK(to_text(1500ms) == "1s500ms");
}

TEST_CASE("sizes are read with binary and decimal units") {
  CHECK(parse_size("512") == 512U);
  CHECK(parse_size("64KiB") == 64U * 1024);
  CHECK(parse_size("10MB") == 10'000'000U);
  CHECK(parse_size("1GiB") == 1U << 30);
  CHECK(parse_size("0") == 0U);
}

TEST_CASE("what is no size is refused") {
  for (const auto* text : {"", "KiB", "64 KiB", "64kib", "-1", "1.5MB", "18446744073709551616",
                           "18446744073709551615KiB"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_size(text));
  }
}

TEST_CASE("shares are read in percent") {
  CHECK(*parse_percent("20%") == Approx(0.2));
  CHECK(*parse_percent("0.5%") == Approx(0.005));
  CHECK(*parse_percent("100%") == Approx(1));
  CHECK(*parse_percent("0") == Approx(0));
  for (const auto* text : {"", "%", "20", "101%", "-1%", "1e1%", "nan%", "inf%", ".5%", "5.%"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_percent(text));
  }
}

TEST_CASE("whole numbers have no sign, no leading zero and no overflow") {
  CHECK(parse_whole("0") == 0U);
  CHECK(parse_whole("18446744073709551615") == 18446744073709551615U);
  for (const auto* text : {"", "-1", "+1", "01", "0x1", "1 ", "1.0", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_whole(text));
  }
}

TEST_CASE("yes and no have three words each") {
  for (const auto* text : {"true", "yes", "on"}) CHECK(parse_bool(text) == true);
  for (const auto* text : {"false", "no", "off"}) CHECK(parse_bool(text) == false);
  for (const auto* text : {"", "True", "1", "y"}) CHECK_FALSE(parse_bool(text));
}
