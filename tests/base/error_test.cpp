#include "proxy/base/error.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <type_traits>

using namespace poise::base;

namespace {

constexpr Cause cause_at(int index) { return static_cast<Cause>(index); }

}  // namespace

static_assert(std::is_trivially_copyable_v<Error>);

TEST_CASE("every cause has a word of its own, and every failure a failing status and a type") {
  std::set<std::string_view> words;
  for (int i = 0; i < kCauseCount; ++i) {
    const Cause cause = cause_at(i);
    CHECK(words.insert(to_text(cause)).second);
    if (cause == Cause::none) continue;
    INFO(to_text(cause));
    CHECK(status_of({.cause = cause}) >= 400);
    CHECK(status_of({.cause = cause}) <= 599);
    CHECK_FALSE(proxy_status_type(cause).empty());
  }
}

TEST_CASE("causes are answered as the interface says") {
  CHECK(status_of({.cause = Cause::request_malformed}) == 400);
  CHECK(status_of({.cause = Cause::denied}) == 403);
  CHECK(status_of({.cause = Cause::no_route}) == 404);
  CHECK(status_of({.cause = Cause::header_timeout}) == 408);
  CHECK(status_of({.cause = Cause::request_too_large}) == 413);
  CHECK(status_of({.cause = Cause::rate_limited}) == 429);
  CHECK(status_of({.cause = Cause::connect_refused}) == 502);
  CHECK(status_of({.cause = Cause::response_malformed}) == 502);
  CHECK(status_of({.cause = Cause::no_backend}) == 503);
  CHECK(status_of({.cause = Cause::queue_full}) == 503);
  CHECK(status_of({.cause = Cause::response_timeout}) == 504);
  CHECK(status_of({.cause = Cause::deadline}) == 504);
}

TEST_CASE("an error that names a status is answered with that one") {
  CHECK(status_of({.cause = Cause::request_too_large, .status = 431}) == 431);
}

TEST_CASE("an error is one exactly when it has a cause") {
  CHECK_FALSE(Error{});
  CHECK(Error{.cause = Cause::internal});
  CHECK(to_text(Cause::none) == "-");
}

TEST_CASE("every phase has a word of its own") {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(Phase::tunnel); ++i) {
    CHECK(words.insert(to_text(static_cast<Phase>(i))).second);
  }
  CHECK(to_text(Phase::none) == "-");
  CHECK(to_text(Phase::tunnel) == "tunnel");
}
