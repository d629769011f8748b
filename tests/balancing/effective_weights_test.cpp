#include "balancing/effective_weights.h"

#include <catch2/catch.hpp>

#include "proxy/base/random.h"
#include "tests/balancing/backends.h"

using namespace poise;
using namespace poise::balancing;
using namespace std::chrono_literals;

namespace {

constexpr auto kUnit = EffectiveWeights::kUnit;
constexpr base::MonotonicTime kStart{100s};

}  // namespace

TEST_CASE("a weight grows evenly from a tenth over the slow start") {
  EffectiveWeights weights(set_of({10, 10}), 20s);
  weights.start_ramp(1, kStart);
  double last = 0;
  for (int i = 0; i <= 20; ++i) {
    weights.advance(kStart + i * 1s);
    const double share = weights[1] / (10.0 * kUnit);
    INFO(i);
    CHECK(share == Approx(0.1 + 0.9 * i / 20).margin(0.001));
    CHECK(share > last);
    last = share;
    CHECK(weights[0] == 10 * kUnit);
  }
  CHECK_FALSE(weights.is_ramping());
  CHECK(weights[1] == 10 * kUnit);
}

TEST_CASE("a backend that started long ago has its whole weight at once") {
  EffectiveWeights weights(set_of({3}), 10s);
  weights.start_ramp(0, kStart);
  weights.advance(kStart + 1h);
  CHECK(weights[0] == 3 * kUnit);
  CHECK_FALSE(weights.is_ramping());
}

TEST_CASE("a ramp stops, starts again and is nothing without a slow start") {
  EffectiveWeights weights(set_of({1, 1}), 10s);
  weights.start_ramp(0, kStart);
  weights.advance(kStart + 5s);
  weights.stop_ramp(0);
  CHECK(weights[0] == kUnit);
  CHECK_FALSE(weights.is_ramping());
  weights.start_ramp(0, kStart + 6s);
  CHECK(weights[0] < kUnit / 5);
  EffectiveWeights none(set_of({1}), 0s);
  none.start_ramp(0, kStart);
  CHECK_FALSE(none.is_ramping());
  CHECK(none[0] == kUnit);
}

TEST_CASE("coins admit a ramping backend as often as its share of its weight says") {
  EffectiveWeights weights(set_of({7, 1}), 10s);
  weights.start_ramp(0, kStart);
  weights.advance(kStart + 5s);
  base::Random random(1);
  int admitted = 0;
  for (int i = 0; i < 10000; ++i) {
    admitted += weights.admits(0, random()) ? 1 : 0;
    CHECK(weights.admits(1, random()));
  }
  CHECK(admitted / 10000.0 == Approx(0.55).margin(0.02));
}

TEST_CASE("who is held counts a tenth until it is let go, whatever the time") {
  EffectiveWeights weights(set_of({10, 1, 0}), 10s);
  weights.start_ramp(0, kStart);
  weights.advance(kStart + 5s);
  weights.hold(0);
  weights.hold(0);
  weights.hold(2);
  CHECK_FALSE(weights.is_ramping());
  CHECK(weights.is_lowered());
  weights.advance(kStart + 1h);
  CHECK(weights[0] == kUnit);
  CHECK(weights[2] == 0);
  weights.let_go(0);
  weights.let_go(1);
  CHECK(weights[0] == 10 * kUnit);
  CHECK_FALSE(weights.is_lowered());
}
