#include "proxy/base/buffer.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "proxy/base/random.h"

using namespace poise::base;

namespace {

std::string text_of(const Buffer& buffer) {
  std::vector<iovec> slices(buffer.size() / 1024 + 64);
  const std::size_t count = buffer.slices(slices);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text.append(static_cast<const char*>(slices[i].iov_base), slices[i].iov_len);
  }
  return text;
}

std::string pattern(std::size_t size, Random& random) {
  std::string text(size, ' ');
  for (auto& c : text) c = static_cast<char>('a' + random.below(26));
  return text;
}

}  // namespace

TEST_CASE("a buffer gives back what was appended, over any number of blocks") {
  Random random(1);
  const std::string text = pattern(100'000, random);
  Buffer buffer;
  buffer.append(text);
  buffer.append("tail");
  CHECK(buffer.size() == text.size() + 4);
  CHECK(text_of(buffer) == text + "tail");
}

TEST_CASE("a buffer behaves like a string under appends and drops of random size") {
  Random random(7);
  Buffer buffer;
  std::string expected;
  for (int round = 0; round < 3000; ++round) {
    if (random.below(2) == 0) {
      const std::string piece = pattern(random.below(round % 10 == 0 ? 40'000 : 300), random);
      buffer.append(piece);
      expected += piece;
    } else {
      const auto count = random.below(static_cast<std::uint32_t>(expected.size()) + 1);
      buffer.drop(count);
      expected.erase(0, count);
    }
    REQUIRE(buffer.size() == expected.size());
    REQUIRE(buffer.empty() == expected.empty());
    const Bytes front = buffer.front();
    REQUIRE(front == Bytes(expected).substr(0, front.size()));
    REQUIRE(front.empty() == expected.empty());
  }
  CHECK(text_of(buffer) == expected);
}

TEST_CASE("room handed out holds nothing until it is committed") {
  Buffer buffer;
  const auto room = buffer.room();
  REQUIRE(room.size() >= 3);
  std::memcpy(room.data(), "abc", 3);
  CHECK(buffer.empty());
  CHECK(buffer.front().empty());
  buffer.commit(2);
  CHECK(text_of(buffer) == "ab");
}

TEST_CASE("room is there even when the last block is full") {
  Buffer buffer;
  const std::size_t block = buffer.room().size();
  buffer.append(std::string(block, 'x'));
  CHECK_FALSE(buffer.room().empty());
  CHECK(text_of(buffer).size() == block);
}

TEST_CASE("splicing moves everything behind, and leaves the other buffer empty and usable") {
  Buffer front;
  Buffer back;
  front.append("front ");
  back.append(std::string(20'000, 'b'));
  front.splice(std::move(back));
  CHECK(text_of(front) == "front " + std::string(20'000, 'b'));
  back.append("new");
  CHECK(text_of(back) == "new");
  front.append(" end");
  CHECK(text_of(front) == "front " + std::string(20'000, 'b') + " end");
}

TEST_CASE("splicing into and out of an empty buffer loses nothing") {
  Buffer empty;
  Buffer full;
  full.append("abc");
  empty.splice(std::move(full));
  CHECK(text_of(empty) == "abc");
  empty.splice(Buffer());
  CHECK(text_of(empty) == "abc");
}

TEST_CASE("a moved buffer takes its bytes along") {
  Buffer first;
  first.append("abc");
  Buffer second(std::move(first));
  CHECK(first.empty());
  CHECK(text_of(second) == "abc");
  Buffer third;
  third.append("old");
  third = std::move(second);
  CHECK(text_of(third) == "abc");
}

TEST_CASE("slices stop at the room given for them") {
  Buffer buffer;
  buffer.append(std::string(100'000, 'x'));
  std::array<iovec, 2> two;
  CHECK(buffer.slices(two) == 2);
  CHECK(two[0].iov_len + two[1].iov_len < buffer.size());
}
