// What the flight recorder keeps, what it gives up for it, and how it is asked.
#include "proxy/flight/recorder.h"

#include <catch2/catch.hpp>

#include "tests/net/turned_loop.h"

using namespace poise;
using namespace poise::flight;
using namespace std::chrono_literals;
using base::Cause;

namespace {

const base::MonotonicTime kStart{1h};

FlightRecord failed(Cause cause, std::uint64_t id, std::string backend = "b1") {
  FlightRecord record{.kind = Kind::failed, .id = id, .error = {.cause = cause}};
  record.started = kStart;
  record.ended = kStart + std::chrono::milliseconds(id);
  record.tries.push_back({.backend = std::move(backend)});
  return record;
}

FlightRecord slow(base::Duration slowness) {
  FlightRecord record{.kind = Kind::slow};
  record.started = kStart;
  record.ended = kStart + slowness;
  record.slowness = slowness;
  return record;
}

std::vector<std::uint64_t> ids(const std::vector<RecordPtr>& records) {
  std::vector<std::uint64_t> all;
  for (const auto& record : records) all.push_back(record->id);
  return all;
}

}  // namespace

TEST_CASE("the recorder tells the newest failures first, and no more than asked for") {
  net::Loop loop;
  Recorder recorder(loop);
  for (std::uint64_t id = 1; id <= 5; ++id) recorder.keep(failed(Cause::no_route, id));
  CHECK(ids(recorder.find({})) == std::vector<std::uint64_t>{5, 4, 3, 2, 1});
  CHECK(ids(recorder.find({.limit = 2})) == std::vector<std::uint64_t>{5, 4});
}

TEST_CASE("the recorder finds failures by cause and by any backend that was tried") {
  net::Loop loop;
  Recorder recorder(loop);
  recorder.keep(failed(Cause::no_route, 1, ""));
  recorder.keep(failed(Cause::connect_refused, 2, "b1"));
  FlightRecord two_tries = failed(Cause::response_reset, 3, "b1");
  two_tries.tries.push_back({.backend = "b2"});
  recorder.keep(std::move(two_tries));
  CHECK(ids(recorder.find({.cause = "connect_refused"})) == std::vector<std::uint64_t>{2});
  CHECK(ids(recorder.find({.backend = "b1"})) == std::vector<std::uint64_t>{3, 2});
  CHECK(ids(recorder.find({.cause = "response_reset", .backend = "b2"})) ==
        std::vector<std::uint64_t>{3});
  CHECK(recorder.find({.cause = "shed"}).empty());
}

TEST_CASE("256 failures are kept, and the oldest goes first") {
  net::Loop loop;
  Recorder recorder(loop);
  for (std::uint64_t id = 1; id <= 300; ++id) recorder.keep(failed(Cause::no_route, id));
  const auto all = recorder.find({.limit = 1000});
  REQUIRE(all.size() == Recorder::kFailures);
  CHECK(all.front()->id == 300);
  CHECK(all.back()->id == 45);
}

TEST_CASE("a flood of one cause does not wash away the others") {
  net::Loop loop;
  Recorder recorder(loop);
  recorder.keep(failed(Cause::connect_refused, 1));
  for (std::uint64_t id = 2; id <= 5000; ++id) recorder.keep(failed(Cause::no_route, id));
  CHECK(ids(recorder.find({.cause = "connect_refused"})) == std::vector<std::uint64_t>{1});
  CHECK(recorder.find({.limit = 1000}).size() == Recorder::kFailures);
}

TEST_CASE("of the requests that went well, the slowest are kept") {
  net::Loop loop;
  Recorder recorder(loop);
  for (int i = 1; i <= 100; ++i) {
    const base::Duration duration = std::chrono::milliseconds(i * 37 % 101);
    if (recorder.is_slow(duration)) recorder.keep(slow(duration));
  }
  const auto kept = recorder.find({.cause = "slow", .limit = 1000});
  REQUIRE(kept.size() == Recorder::kSlowest);
  CHECK(kept.front()->duration() == 100ms);
  CHECK(kept.back()->duration() == 69ms);
  CHECK_FALSE(recorder.is_slow(69ms));
  CHECK(recorder.is_slow(70ms));
}

TEST_CASE("a session that lasted for hours is no slower than it was to connect") {
  net::Loop loop;
  Recorder recorder(loop);
  for (std::size_t i = 0; i < Recorder::kSlowest; ++i) {
    FlightRecord session = slow(1ms);
    session.ended = kStart + 9h;
    recorder.keep(std::move(session));
  }
  CHECK(recorder.is_slow(2ms));
}

TEST_CASE("the slowest of before make way with time") {
  test::TurnedLoop turned;
  Recorder recorder(turned.loop());
  for (std::size_t i = 0; i < Recorder::kSlowest; ++i) recorder.keep(slow(1s));
  CHECK_FALSE(recorder.is_slow(10ms));
  turned.pass_time(Recorder::kWindow + 1s);
  CHECK(recorder.is_slow(10ms));
  CHECK(recorder.find({}).size() == Recorder::kSlowest);
  turned.pass_time(Recorder::kWindow + 1s);
  CHECK(recorder.find({}).empty());
}

TEST_CASE("of many tries the first ones and the last are kept") {
  FlightRecord record;
  std::vector<TryRecord> tries(20);
  for (std::size_t i = 0; i < tries.size(); ++i) tries[i].backend = std::to_string(i);
  keep_tries(record, tries);
  CHECK(record.tries_made == 20);
  REQUIRE(record.tries.size() == kMostTries);
  CHECK(record.tries.front().backend == "0");
  CHECK(record.tries.back().backend == "19");
}
