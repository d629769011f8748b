#include "health/threshold.h"

#include <catch2/catch.hpp>

using poise::health::Threshold;
using Change = Threshold::Change;
using State = Threshold::State;

TEST_CASE("a backend goes down after so many bad probes in a row") {
  Threshold threshold(State::up, 2, 3);
  CHECK(threshold.note(false) == Change::none);
  CHECK(threshold.note(false) == Change::none);
  CHECK(threshold.state() == State::up);
  CHECK(threshold.note(false) == Change::went_down);
  CHECK(threshold.note(false) == Change::none);
  CHECK(threshold.in_a_row() == 4);
}

TEST_CASE("one good probe in between starts the count of bad ones again") {
  Threshold threshold(State::up, 2, 3);
  for (int i = 0; i < 10; ++i) {
    CHECK(threshold.note(false) == Change::none);
    CHECK(threshold.note(false) == Change::none);
    CHECK(threshold.note(true) == Change::none);
  }
  CHECK(threshold.state() == State::up);
}

TEST_CASE("a backend that is down comes up after so many good probes in a row") {
  Threshold threshold(State::down, 2, 3);
  CHECK(threshold.note(true) == Change::none);
  CHECK(threshold.note(false) == Change::none);
  CHECK(threshold.note(true) == Change::none);
  CHECK(threshold.note(true) == Change::went_up);
}

TEST_CASE("the first probe decides on a backend of which nothing is known") {
  Threshold good(State::unknown, 2, 3);
  CHECK(good.needed(true) == 1);
  CHECK(good.note(true) == Change::went_up);
  Threshold bad(State::unknown, 2, 3);
  CHECK(bad.note(false) == Change::went_down);
  CHECK(bad.needed(true) == 2);
  CHECK(bad.note(true) == Change::none);
  CHECK(bad.note(true) == Change::went_up);
}

TEST_CASE("new thresholds leave what is known in place") {
  Threshold threshold(State::up, 2, 5);
  for (int i = 0; i < 3; ++i) threshold.note(false);
  threshold.set_limits(1, 4);
  CHECK(threshold.state() == State::up);
  CHECK(threshold.note(false) == Change::went_down);
  CHECK(threshold.note(true) == Change::went_up);
}
