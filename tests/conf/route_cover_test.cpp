#include "conf/route_cover.h"

#include <catch2/catch.hpp>

using namespace poise;
using exchange::MatchConfig;

namespace {

MatchConfig host(std::string name) {
  MatchConfig match;
  match.host = std::move(name);
  return match;
}

MatchConfig path(std::string prefix) {
  MatchConfig match;
  match.path = std::move(prefix);
  return match;
}

MatchConfig exact(std::string whole) {
  MatchConfig match;
  match.path_exact = std::move(whole);
  return match;
}

}  // namespace

TEST_CASE("a route without conditions covers all, and is covered by none with some") {
  CHECK(conf::covers({}, {}));
  CHECK(conf::covers({}, host("a.example.com")));
  CHECK_FALSE(conf::covers(host("a.example.com"), {}));
  CHECK_FALSE(conf::covers(path("/a"), {}));
  CHECK(conf::covers(path("/"), {}));
}

TEST_CASE("a wildcard host covers the names below it, not its own") {
  CHECK(conf::covers(host("*.example.com"), host("a.example.com")));
  CHECK(conf::covers(host("*.example.com"), host("*.a.example.com")));
  CHECK(conf::covers(host("*.example.com"), host("*.example.com")));
  CHECK_FALSE(conf::covers(host("*.example.com"), host("example.com")));
  CHECK_FALSE(conf::covers(host("*.example.com"), host("badexample.com")));
  CHECK_FALSE(conf::covers(host("a.example.com"), host("*.example.com")));
}

TEST_CASE("a prefix covers what lies below it, by whole segments") {
  CHECK(conf::covers(path("/a"), path("/a/b")));
  CHECK(conf::covers(path("/a"), exact("/a")));
  CHECK_FALSE(conf::covers(path("/a"), path("/ab")));
  CHECK_FALSE(conf::covers(path("/a/b"), path("/a")));
  CHECK_FALSE(conf::covers(exact("/a"), path("/a")));
}

TEST_CASE("each condition of the earlier route must be asked by the later one too") {
  MatchConfig get = path("/a");
  get.methods = {"GET"};
  MatchConfig get_or_put = path("/a");
  get_or_put.methods = {"PUT", "GET"};
  CHECK(conf::covers(get_or_put, get));
  CHECK_FALSE(conf::covers(get, get_or_put));
  CHECK_FALSE(conf::covers(get, path("/a")));

  MatchConfig present;
  present.headers = {{"X-A", "*"}};
  MatchConfig valued;
  valued.headers = {{"x-a", "1"}, {"x-b", "2"}};
  CHECK(conf::covers(present, valued));
  CHECK_FALSE(conf::covers(valued, present));

  MatchConfig inside;
  inside.source = {*net::Network::parse("10.0.0.0/8")};
  CHECK(conf::covers(inside, inside));
  CHECK_FALSE(conf::covers(inside, {}));
  CHECK(conf::covers({}, inside));

  MatchConfig upper;
  upper.query = {{"Q", "1"}};
  MatchConfig lower;
  lower.query = {{"q", "1"}};
  CHECK_FALSE(conf::covers(upper, lower));
}
