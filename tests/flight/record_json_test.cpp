// A flight record as people read it: its timeline in order, and each try with its candidates.
#include "proxy/flight/record_json.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "proxy/flight/timeline.h"

using namespace poise;
using namespace poise::flight;
using namespace std::chrono_literals;
using base::Cause;
using base::Phase;
using nlohmann::json;

namespace {

const base::MonotonicTime kStart{1h};

FlightRecord retried() {
  FlightRecord record{.kind = Kind::failed, .id = 0xabc, .trace_id = "t", .pool = "app"};
  record.at = base::WallTime{std::chrono::milliseconds(1'795'348'800'123)};
  record.path = "/a\xff";
  record.status = 502;
  record.error = {.cause = Cause::response_reset, .phase = Phase::wait, .detail = "backend closed"};
  record.accepted = kStart - 5ms;
  record.nth_request = 3;
  record.started = kStart;
  record.head_done = kStart + 1ms;
  record.ended = kStart + 40ms;
  record.tries_made = 2;
  record.tries.push_back({.backend = "b1",
                          .picked = kStart + 1ms,
                          .connecting = kStart + 1ms,
                          .ended = kStart + 2ms,
                          .error = {.cause = Cause::connect_refused,
                                    .phase = Phase::connect,
                                    .system = ECONNREFUSED,
                                    .detail = "connection refused"}});
  record.tries.push_back({.backend = "b2",
                          .picked = kStart + 2ms,
                          .leased = kStart + 10ms,
                          .ended = kStart + 39ms,
                          .error = record.error,
                          .reused = true});
  record.tries[1].choice = {Moment::before_pick,
                            20,
                            {{.backend = "b2", .state = "up", .score = 0.5, .in_flight = 2},
                             {.backend = "b1", .state = "down", .was_tried = true}}};
  return record;
}

std::string words(const FlightRecord& record) {
  std::string all;
  for (const Step& step : timeline_of(record)) all += step.what + " ";
  return all;
}

}  // namespace

TEST_CASE("a timeline tells each step of each try, from the accept to the end") {
  CHECK(words(retried()) == "accept head pick connect failed retry pick queue reuse failed end ");
  const auto steps = timeline_of(retried());
  CHECK(steps.front().at == -5ms);
  CHECK(steps.front().detail == "request 3");
  CHECK(steps[4].detail == "connect_refused in connect: connection refused (Connection refused)");
  CHECK(steps.back().at == 40ms);
  CHECK(steps.back().detail == "502 response_reset in wait: backend closed");
}

TEST_CASE("a request that never was one has a timeline of its own") {
  FlightRecord record{.error = {.cause = Cause::request_malformed, .phase = Phase::request}};
  record.started = kStart;
  record.ended = kStart + 1ms;
  CHECK(words(record) == "end ");
}

TEST_CASE("a slow request has no failure in its timeline") {
  FlightRecord record{.kind = Kind::slow};
  record.status = 200;
  record.started = record.head_done = kStart;
  record.ended = kStart + 9ms;
  record.tries.push_back({.backend = "b1",
                          .picked = kStart,
                          .connecting = kStart,
                          .leased = kStart + 1ms,
                          .first_byte = kStart + 8ms,
                          .ended = kStart + 9ms});
  CHECK(words(record) == "head pick connect connected first_byte end ");
  CHECK(timeline_of(record).back().detail == "200");
}

TEST_CASE("a record reads as the admin interface promises") {
  const RecordPtr record = std::make_shared<const FlightRecord>(retried());
  const json answer = json::parse(records_json(std::vector{record}, 0));
  CHECK_FALSE(answer.contains("silent_workers"));
  REQUIRE(answer["failures"].size() == 1);
  const json& told = answer["failures"][0];
  CHECK(told["id"] == "0000000000000abc");
  CHECK(told["trace_id"] == "t");
  CHECK(told["at"] == "2026-11-22T12:00:00.123Z");
  CHECK(told["kind"] == "failed");
  CHECK(told["pool"] == "app");
  CHECK(told["path"] == "/a\xEF\xBF\xBD");
  CHECK(told["status"] == 502);
  CHECK(told["cause"] == "response_reset");
  CHECK(told["phase"] == "wait");
  CHECK(told["errno"] == 0);
  CHECK(told["error"] == "backend closed");
  CHECK(told["duration_ms"] == 40.0);
  CHECK(told["timeline"][1]["at_ms"] == 1.0);
  CHECK(told["timeline"][1]["what"] == "head");
  REQUIRE(told["attempts"].size() == 2);
  CHECK(told["attempts"][0]["outcome"] == "connect_refused");
  CHECK(told["attempts"][0]["ms"] == 1.0);
  const json& second = told["attempts"][1];
  CHECK(second["candidates_seen"] == "before_pick");
  CHECK(second["candidates_total"] == 20);
  CHECK(second["candidates"][0]["name"] == "b2");
  CHECK(second["candidates"][0]["chosen"] == true);
  CHECK(second["candidates"][0]["score"] == 0.5);
  CHECK(second["candidates"][1]["state"] == "down");
  CHECK(second["candidates"][1]["score"].is_null());
  CHECK(second["candidates"][1]["tried_before"] == true);
}

TEST_CASE("workers that did not answer are told of") {
  CHECK(json::parse(records_json({}, 2))["silent_workers"] == 2);
}
