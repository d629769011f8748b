#include "proxy/http/path_normal.h"

#include <catch2/catch.hpp>
#include <string>

using poise::base::Arena;
using poise::http::without_dot_segments;

namespace {

std::string normal(std::string_view path) {
  Arena arena;
  const auto result = without_dot_segments(path, arena);
  return result ? std::string(*result) : "above the root";
}

}  // namespace

TEST_CASE("a path without dot segments stays as it is, without a copy") {
  for (const std::string path : {"/", "/a", "/a/b/", "//a", "/a.b/c..", "/.well-known/x", "/..a",
                                 "/...", "/a/%2f..b", "/%2", "/%41", "/a/%2e%2e%2e/b"}) {
    CHECK(normal(path) == path);
  }
  Arena arena;
  const std::string_view plain = "/a/b.c";
  CHECK(without_dot_segments(plain, arena)->data() == plain.data());
}

TEST_CASE("dot segments are resolved in every spelling") {
  CHECK(normal("/a/./b") == "/a/b");
  CHECK(normal("/a/../b") == "/b");
  CHECK(normal("/a/b/..") == "/a/");
  CHECK(normal("/a/.") == "/a/");
  CHECK(normal("/.") == "/");
  CHECK(normal("/a/%2e%2E/b") == "/b");
  CHECK(normal("/a/.%2e/b") == "/b");
  CHECK(normal("/a/%2e/b") == "/a/b");
  CHECK(normal("/public/../admin") == "/admin");
  CHECK(normal("/a/b/../../c/./d") == "/c/d");
  CHECK(normal("/a//../b") == "/a/b");
}

TEST_CASE("a path that climbs above its root is refused") {
  for (const std::string path : {"/..", "/../a", "/a/../..", "/%2e%2e/", "/a/../../b"}) {
    CHECK(normal(path) == "above the root");
  }
}
