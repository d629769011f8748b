#include "balancing/sticky_sessions.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "proxy/base/random.h"
#include "tests/balancing/backends.h"

using namespace poise;
using namespace poise::balancing;
using namespace std::chrono_literals;

namespace {

const base::WallTime kNow{1'700'000'000s};

StickyConfig config_of(std::string secret = "0123456789abcdef", base::Duration ttl = 0s) {
  StickyConfig config;
  config.secret = std::move(secret);
  config.ttl = ttl;
  return config;
}

BackendSet named(const std::vector<std::string>& names) {
  std::vector<BackendInfo> backends;
  for (const auto& name : names) backends.push_back({.name = name});
  return BackendSet(std::move(backends));
}

}  // namespace

TEST_CASE("a cookie leads to the backend it was made for, on every poise with the secret") {
  const StickySessions here(named({"a", "b", "c"}), config_of());
  const StickySessions there(named({"c", "x", "a", "b"}), config_of());
  std::set<std::string> values;
  for (BackendIndex i = 0; i < 3; ++i) {
    const std::string value = here.value_for(i, kNow);
    values.insert(value);
    REQUIRE(here.find(value, kNow));
    CHECK(here.find(value, kNow)->home == i);
    CHECK_FALSE(here.find(value, kNow)->is_ageing);
    REQUIRE(there.find(value, kNow + 24h * 365));
  }
  CHECK(values.size() == 3);
  CHECK(there.find(here.value_for(0, kNow), kNow)->home == 2);
  CHECK(there.find(here.value_for(1, kNow), kNow)->home == 3);
  CHECK(there.find(here.value_for(2, kNow), kNow)->home == 0);
}

TEST_CASE("a cookie shows neither a name nor an address") {
  const StickySessions sessions(named({"127.0.0.1:9001"}), config_of());
  const std::string value = sessions.value_for(0, kNow);
  CHECK(value.size() == 40);
  CHECK(value.find("127") == std::string::npos);
}

TEST_CASE("no cookie with a changed bit names anybody") {
  for (const auto ttl : {base::Duration(0s), base::Duration(1h)}) {
    const StickySessions sessions(named({"a", "b", "c", "d"}), config_of("0123456789abcdef", ttl));
    const std::string value = sessions.value_for(1, kNow);
    for (std::size_t at = 0; at < value.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string changed = value;
        changed[at] = static_cast<char>(byte);
        if (changed != value) CHECK_FALSE(sessions.find(changed, kNow));
      }
    }
  }
}

TEST_CASE("what is foreign, cut, longer or nonsense names nobody") {
  const StickySessions ours(named({"a", "b"}), config_of());
  const StickySessions foreign(named({"a", "b"}), config_of("another secret of some length"));
  const std::string value = ours.value_for(0, kNow);
  CHECK_FALSE(ours.find(foreign.value_for(0, kNow), kNow));
  for (std::size_t size = 0; size < value.size(); ++size) {
    CHECK_FALSE(ours.find(value.substr(0, size), kNow));
  }
  for (const std::string& odd : {value + "A", value + "=", " " + value, std::string(40, 'A'),
                                 std::string(40, '\0'), std::string(4000, 'A')}) {
    CHECK_FALSE(ours.find(odd, kNow));
  }
  base::Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    std::string noise(40, 'A');
    for (char& c : noise) c = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789-_"[random.below(44)];
    CHECK_FALSE(ours.find(noise, kNow));
  }
}

TEST_CASE("the cookie of a backend that left the pool is a new client's") {
  const StickySessions before(named({"a", "b"}), config_of());
  const StickySessions after(named({"b", "c"}), config_of());
  CHECK_FALSE(after.find(before.value_for(0, kNow), kNow));
  CHECK(after.find(before.value_for(1, kNow), kNow)->home == 0);
}

TEST_CASE("a cookie with a time ends with it, and is told anew in its second half") {
  const StickySessions sessions(named({"a", "b"}), config_of("0123456789abcdef", 1h));
  const std::string value = sessions.value_for(1, kNow);
  REQUIRE(sessions.find(value, kNow));
  CHECK_FALSE(sessions.find(value, kNow)->is_ageing);
  CHECK_FALSE(sessions.find(value, kNow + 29min)->is_ageing);
  CHECK(sessions.find(value, kNow + 31min)->is_ageing);
  CHECK(sessions.find(value, kNow + 1h - 1s)->home == 1);
  CHECK_FALSE(sessions.find(value, kNow + 1h));
  CHECK(sessions.value_for(1, kNow + 31min) != value);
}

TEST_CASE("a reload that gives or takes the time keeps the sessions") {
  const StickySessions timeless(named({"a", "b"}), config_of());
  const StickySessions timed(named({"a", "b"}), config_of("0123456789abcdef", 1h));
  const auto from_timeless = timed.find(timeless.value_for(1, kNow), kNow);
  REQUIRE(from_timeless);
  CHECK(from_timeless->home == 1);
  CHECK(from_timeless->is_ageing);
  const auto from_timed = timeless.find(timed.value_for(1, kNow), kNow);
  REQUIRE(from_timed);
  CHECK(from_timed->home == 1);
  CHECK(from_timed->is_ageing);
  CHECK_FALSE(timeless.find(timed.value_for(1, kNow), kNow + 2h));
}
