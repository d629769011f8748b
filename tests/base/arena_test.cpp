#include "proxy/base/arena.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "proxy/base/random.h"

using namespace poise::base;

TEST_CASE("texts copied into an arena stay as they were while it grows") {
  Arena arena;
  Random random(3);
  std::vector<std::pair<std::string, std::string_view>> copies;
  for (int i = 0; i < 2000; ++i) {
    std::string text(random.below(i % 100 == 0 ? 20'000 : 60), static_cast<char>('a' + i % 26));
    const std::string_view copy = arena.copy(text);
    copies.emplace_back(std::move(text), copy);
  }
  for (const auto& [text, copy] : copies) REQUIRE(copy == text);
}

TEST_CASE("an arena aligns what is asked to be aligned") {
  Arena arena;
  for (const std::size_t alignment : {1, 2, 4, 8, 16, 64}) {
    (void)arena.allocate(1);
    const auto place = reinterpret_cast<std::uintptr_t>(arena.allocate(24, alignment));
    CHECK(place % alignment == 0);
  }
}

TEST_CASE("a piece larger than a block gets its own, aligned as well") {
  Arena arena;
  const std::size_t size = 3 * Arena::kBlockBytes;
  auto* place = static_cast<char*>(arena.allocate(size, 16));
  CHECK(reinterpret_cast<std::uintptr_t>(place) % 16 == 0);
  place[0] = 'a';
  place[size - 1] = 'z';
  CHECK(arena.copy("next") == "next");
}

TEST_CASE("views stay valid when their arena is moved") {
  Arena first;
  const std::string_view text = first.copy("text");
  Arena second(std::move(first));
  CHECK(text == "text");
  Arena third;
  (void)third.copy("dropped");
  third = std::move(second);
  CHECK(text == "text");
  CHECK(first.copy("again") == "again");
}

TEST_CASE("a cleared arena is used again") {
  Arena arena;
  (void)arena.copy(std::string(10'000, 'x'));
  arena.clear();
  CHECK(arena.copy("abc") == "abc");
}

TEST_CASE("an empty text needs no memory") {
  Arena arena;
  CHECK(arena.copy("").empty());
}
