#include "conf/reader/variables.h"

#include <catch2/catch.hpp>

using namespace poise::conf;

namespace {

std::optional<std::string> look_up(const std::string& name) {
  if (name == "PORT") return "8080";
  if (name == "EMPTY") return "";
  if (name == "TRICKY") return "${PORT}";
  return std::nullopt;
}

Expansion expand(std::string_view text) { return expand_variables(text, look_up); }

}  // namespace

TEST_CASE("variables are replaced by their values") {
  CHECK(expand("127.0.0.1:${PORT}").text == "127.0.0.1:8080");
  CHECK(expand("${PORT}${PORT}").text == "80808080");
  CHECK(expand("${PORT}").replaced);
  CHECK_FALSE(expand("plain $PORT {x}").replaced);
  CHECK(expand("plain $PORT {x}").text == "plain $PORT {x}");
}

TEST_CASE("a default is taken when the variable is unset or empty") {
  CHECK(expand("${NOPE:-x}").text == "x");
  CHECK(expand("${EMPTY:-x}").text == "x");
  CHECK(expand("${PORT:-x}").text == "8080");
  CHECK(expand("${NOPE:-}").text.empty());
  CHECK(expand("${NOPE:-}").faults.empty());
  CHECK(expand("${EMPTY}").faults.empty());
}

TEST_CASE("two dollars before a brace make a literal") {
  CHECK(expand("$${PORT}").text == "${PORT}");
  CHECK(expand("a$${b}${PORT}").text == "a${b}8080");
  CHECK_FALSE(expand("$${PORT}").replaced);
}

TEST_CASE("a value is not looked into for more variables") {
  CHECK(expand("${TRICKY}").text == "${PORT}");
}

TEST_CASE("each fault says where it is") {
  const Expansion two = expand("x${NOPE}${PORT}${9}");
  REQUIRE(two.faults.size() == 2);
  CHECK(two.faults[0].offset == 1);
  CHECK(two.faults[0].length == 7);
  CHECK(two.faults[0].message == "environment variable 'NOPE' is not set and has no default");
  CHECK(two.faults[1].offset == 15);
  CHECK(expand("${PORT").faults.size() == 1);
  CHECK(expand("${}").faults.size() == 1);
  CHECK(expand("${A:-${B}}").faults.size() == 1);
}
