// A search of the flight recorders answers once, whoever answers it.
#include "proxy/server/flight_search.h"

#include <catch2/catch.hpp>

#include "tests/net/turned_loop.h"

using namespace poise;
using namespace poise::server;

namespace {

struct Asked {
  FlightSearch::Done done() {
    return [this](FoundFlights flights) {
      ++answers;
      found = std::move(flights);
    };
  }
  int answers = 0;
  FoundFlights found;
};

}  // namespace

TEST_CASE("without workers a search finds nothing, soon") {
  test::TurnedLoop turned;
  Asked asked;
  FlightSearch::start(turned.loop(), {}, {}, asked.done());
  CHECK(asked.answers == 0);
  turned.pass_time(std::chrono::milliseconds(100));
  CHECK(asked.answers == 1);
  CHECK(asked.found.silent_workers == 0);
}

TEST_CASE("a worker that does not answer is not waited for longer than a second") {
  test::TurnedLoop turned;
  tracing::SpanIntake intake(turned.loop(), [](tracing::SpanIntake::Batch) {});
  ConnectionLimit limit(1);
  Worker silent({.process_limit = &limit, .spans = &intake, .on_drained = {}});
  Asked asked;
  Worker* const workers[] = {&silent};
  FlightSearch::start(turned.loop(), workers, {}, asked.done());
  turned.settle();
  CHECK(asked.answers == 0);
  turned.pass_time(FlightSearch::kPatience + std::chrono::milliseconds(100));
  CHECK(asked.answers == 1);
  CHECK(asked.found.silent_workers == 1);
}
