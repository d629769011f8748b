#include "balancing/graded_shares.h"

#include <catch2/catch.hpp>

using namespace poise::balancing;

namespace {

// Levels of weight 100, of which so much is fit.
std::vector<double> shares(const std::vector<double>& fit) {
  std::vector<Level> levels;
  for (const double each : fit) levels.push_back({each, 100});
  return graded_shares(levels);
}

void check_shares(const std::vector<double>& fit, const std::vector<double>& expected) {
  const auto found = shares(fit);
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO("level " << i);
    CHECK(found[i] == Approx(expected[i]).margin(0.001));
  }
}

}  // namespace

TEST_CASE("a level keeps everything until less than 71 percent of it is fit") {
  check_shares({100, 100}, {1, 0});
  check_shares({72, 100}, {1, 0});
  check_shares({71, 100}, {0.994, 0.006});
}

TEST_CASE("what is too much for a level spills over little by little") {
  check_shares({50, 100}, {0.7, 0.3});
  check_shares({25, 100}, {0.35, 0.65});
  check_shares({0, 100}, {0, 1});
  check_shares({50, 10, 100}, {0.7, 0.14, 0.16});
}

TEST_CASE("levels that together are too weak share everything by their health") {
  check_shares({25, 25}, {0.5, 0.5});
  check_shares({20, 10, 10}, {0.5, 0.25, 0.25});
  check_shares({1, 0}, {1, 0});
}

TEST_CASE("nobody fit is nobody's share, and so is a level without weight") {
  check_shares({0, 0}, {0, 0});
  CHECK(graded_shares({}).empty());
  const std::vector<Level> levels{{0, 0}, {10, 10}};
  CHECK(graded_shares(levels) == std::vector<double>{0, 1});
}
