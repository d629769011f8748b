#include "conf/reader/suggestion.h"

#include <catch2/catch.hpp>

using namespace poise::conf;

TEST_CASE("edit distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("pool", "pool") == 0);
  CHECK(edit_distance("pol", "pool") == 1);
  CHECK(edit_distance("pools", "pool") == 1);
  CHECK(edit_distance("pook", "pool") == 1);
  CHECK(edit_distance("opol", "pool") == 1);
  CHECK(edit_distance("blance", "balance") == 1);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("the nearest word is suggested, and none that is far") {
  const std::vector<std::string> words{"balance", "backends", "queue"};
  CHECK(did_you_mean("blance", words) == "; did you mean 'balance'?");
  CHECK(did_you_mean("backend", words) == "; did you mean 'backends'?");
  CHECK(did_you_mean("kubernetes", words).empty());
  CHECK(did_you_mean("", words).empty());
  CHECK(did_you_mean("x", {"a", ""}).empty());
  CHECK(did_you_mean(std::string(100'000, 'x'), words).empty());
}

TEST_CASE("shown text holds no control characters and is cut between characters") {
  CHECK(quoted("a\x1b[31m\n") == "'a\\x1b[31m\\x0a'");
  const std::string many = "x" + std::string(100, '.') + "ü";
  CHECK(quoted(many).size() < 90);
  std::string umlauts;
  for (int i = 0; i < 60; ++i) umlauts += "ü";
  CHECK(quoted("x" + umlauts).ends_with("ü…'"));
}

TEST_CASE("choices are listed as a sentence says them") {
  CHECK(one_of({"a"}) == "'a'");
  CHECK(one_of({"a", "b"}) == "'a' or 'b'");
  CHECK(one_of({"a", "b", "c"}) == "'a', 'b' or 'c'");
}
