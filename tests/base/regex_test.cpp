#include "proxy/base/regex.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <utility>

using poise::base::Regex;
using poise::base::regex_error;

TEST_CASE("a regex matches the whole text") {
  const Regex regex("/users/[0-9]+");
  CHECK(regex.matches("/users/42"));
  CHECK_FALSE(regex.matches("/users/42/x"));
  CHECK_FALSE(regex.matches("/a/users/42"));
  CHECK_FALSE(regex.matches("/users/"));
}

TEST_CASE("groups and alternatives work and bytes above ASCII match a dot") {
  const Regex regex("/(a|b)/.*");
  CHECK(regex.matches("/a/x"));
  CHECK(regex.matches("/b/"));
  CHECK(regex.matches("/a/\xff\xfe"));
  CHECK_FALSE(regex.matches("/c/x"));
  CHECK(Regex("/caf\xc3\xa9").matches("/caf\xc3\xa9"));
}

TEST_CASE("a faulty pattern is explained and matches nothing") {
  CHECK_FALSE(regex_error("/users/[0-9]+"));
  for (const std::string pattern : {"(", "[a", "a**", "(?=x)", "(a)\\1", "a{1001}"}) {
    INFO(pattern);
    const auto error = regex_error(pattern);
    REQUIRE(error);
    CHECK_FALSE(error->empty());
    CHECK_FALSE(Regex(pattern).matches(pattern));
  }
}

TEST_CASE("a pattern that would explode in a backtracking engine stays linear") {
  const Regex regex("/(a+)+b");
  const std::string path = "/" + std::string(8000, 'a');
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(regex.matches(path));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("a moved regex still matches") {
  Regex regex("/x");
  const Regex moved = std::move(regex);
  CHECK(moved.matches("/x"));
}

TEST_CASE("a regex is found anywhere in a text") {
  const Regex regex("\"status\": *\"up\"");
  CHECK(regex.is_found_in("{\"status\":  \"up\"}"));
  CHECK_FALSE(regex.is_found_in("{\"status\": \"down\"}"));
  CHECK_FALSE(Regex("(").is_found_in("("));
}
