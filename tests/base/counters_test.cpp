#include "proxy/base/counters.h"

#include <catch2/catch.hpp>

using namespace poise::base;

TEST_CASE("a cell adds and subtracts") {
  Cell cell;
  cell.add();
  cell.add(41);
  cell.subtract(2);
  CHECK(cell.read() == 40);
}

TEST_CASE("a status counts in its class, and a senseless one as a failure") {
  CHECK(status_class(100) == 0);
  CHECK(status_class(204) == 1);
  CHECK(status_class(399) == 2);
  CHECK(status_class(404) == 3);
  CHECK(status_class(599) == 4);
  CHECK(status_class(0) == 4);
  CHECK(status_class(600) == 4);
}
