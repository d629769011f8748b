#include "proxy/pool/session_sightings.h"

#include <catch2/catch.hpp>

#include "balancing/hash.h"

using namespace poise;
using namespace poise::pool;
using namespace std::chrono_literals;

namespace {

constexpr base::MonotonicTime kNow{1h};

std::uint64_t client(std::uint64_t number) { return balancing::mix(7, number); }

std::uint64_t count_at(base::MonotonicTime now,
                       std::initializer_list<const SessionSightings*> all) {
  SightingCount count(now);
  for (const SessionSightings* one : all) count.add(*one);
  return count.clients();
}

}  // namespace

TEST_CASE("a client seen again and again is one, and nobody is nobody") {
  SessionSightings seen;
  CHECK(count_at(kNow, {&seen}) == 0);
  for (int i = 0; i < 100; ++i) seen.saw(client(1), kNow);
  CHECK(count_at(kNow, {&seen}) == 1);
  CHECK(count_at(base::MonotonicTime{}, {}) == 0);
}

TEST_CASE("a thousand clients are told within a few percent, ten thousand within ten") {
  SessionSightings seen;
  for (std::uint64_t i = 0; i < 1000; ++i) seen.saw(client(i), kNow);
  CHECK(static_cast<double>(count_at(kNow, {&seen})) == Approx(1000).epsilon(0.06));
  for (std::uint64_t i = 0; i < 10'000; ++i) seen.saw(client(i), kNow);
  CHECK(static_cast<double>(count_at(kNow, {&seen})) == Approx(10'000).epsilon(0.15));
}

TEST_CASE("a client that two workers saw is one") {
  SessionSightings one;
  SessionSightings two;
  for (std::uint64_t i = 0; i < 20; ++i) one.saw(client(i), kNow);
  for (std::uint64_t i = 10; i < 30; ++i) two.saw(client(i), kNow);
  CHECK(static_cast<double>(count_at(kNow, {&one, &two})) == Approx(30).margin(1));
}

TEST_CASE("who was not seen for ten minutes counts no more") {
  SessionSightings seen;
  seen.saw(client(1), kNow);
  seen.saw(client(2), kNow + 5min);
  CHECK(count_at(kNow + 10min, {&seen}) == 2);
  CHECK(count_at(kNow + 10min + 1s, {&seen}) == 1);
  CHECK(count_at(kNow + 15min + 1s, {&seen}) == 0);
}
