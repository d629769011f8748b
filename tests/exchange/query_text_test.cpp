#include "proxy/exchange/query_text.h"

#include <catch2/catch.hpp>

using poise::exchange::equal_percent_decoded;
using poise::exchange::query_has;

TEST_CASE("percent-encoded text equals what it says") {
  CHECK(equal_percent_decoded("a%20b", "a b"));
  CHECK(equal_percent_decoded("%c3%A9", "\xc3\xa9"));
  CHECK(equal_percent_decoded("", ""));
  CHECK_FALSE(equal_percent_decoded("a%20b", "a%20b"));
  CHECK_FALSE(equal_percent_decoded("a", "ab"));
  CHECK_FALSE(equal_percent_decoded("ab", "a"));
}

TEST_CASE("a plus says a plus and a space") {
  CHECK(equal_percent_decoded("a+b", "a b"));
  CHECK(equal_percent_decoded("a+b", "a+b"));
  CHECK(equal_percent_decoded("a%2Bb", "a+b"));
  CHECK_FALSE(equal_percent_decoded("a%2Bb", "a b"));
}

TEST_CASE("a percent sign without two digits says itself") {
  CHECK(equal_percent_decoded("100%", "100%"));
  CHECK(equal_percent_decoded("%4", "%4"));
  CHECK(equal_percent_decoded("%zz", "%zz"));
  CHECK(equal_percent_decoded("%%41", "%A"));
}

TEST_CASE("a parameter is found by name and value anywhere in the query") {
  CHECK(query_has("a=1&b=2", "b", "2"));
  CHECK(query_has("b=1&b=2", "b", "2"));
  CHECK(query_has("be%74a=%31", "beta", "1"));
  CHECK(query_has("a=1=2", "a", "1=2"));
  CHECK_FALSE(query_has("a=1&b=2", "b", "1"));
  CHECK_FALSE(query_has("ab=1", "b", "1"));
  CHECK_FALSE(query_has("", "b", "*"));
}

TEST_CASE("a star is any value, also an empty or missing one") {
  CHECK(query_has("a=&b", "a", "*"));
  CHECK(query_has("a=&b", "b", "*"));
  CHECK(query_has("&&b", "b", ""));
  CHECK_FALSE(query_has("a=b", "b", "*"));
}
