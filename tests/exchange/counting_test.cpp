// What one request leaves in the metric cells.
#include <catch2/catch.hpp>

#include "tests/exchange/exchange_stage.h"

using namespace poise;
using namespace poise::test;
using namespace std::chrono_literals;

namespace {

const std::string kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const StageSettings kOneConnection{
    .pool = "connections: { max: 1 }, queue: { timeout: 5s }, retry: { attempts: 0 },"};

std::uint64_t of_class(const exchange::RouteCells& cells, int status) {
  return cells.requests[base::status_class(status)].read();
}

std::uint64_t of_cause(const exchange::RouteCells& cells, base::Cause cause) {
  return cells.failures[static_cast<std::size_t>(cause)].read();
}

std::uint64_t count_in(const base::Histogram& histogram) {
  std::uint64_t count = 0;
  for (int i = 0; i <= base::Histogram::kBuckets; ++i) count += histogram.count_in(i);
  return count;
}

}  // namespace

TEST_CASE("a request counts once, with the bytes its client sent and got") {
  ExchangeStage stage;
  BarePeer& client = stage.connect();
  stage.send(stage.forward(client, kRequest), kAnswer);
  REQUIRE(client.received() == kAnswer);
  CHECK(of_class(stage.cells(), 200) == 1);
  CHECK(count_in(stage.cells().duration) == 1);
  CHECK(count_in(stage.cells().self) == 1);
  CHECK(stage.listener_cells().bytes_in.read() == kRequest.size());
  CHECK(stage.listener_cells().bytes_out.read() == kAnswer.size());
  const pool::BackendCells& backend = stage.group().cells(0);
  CHECK(backend.requests[base::status_class(200)].read() == 1);
  CHECK(count_in(backend.wait) == 1);
  CHECK(count_in(backend.duration) == 1);
  CHECK(backend.in_flight.read() == 0);
}

TEST_CASE("poise's own time has none of what the backend or the client took") {
  ExchangeStage stage({.listener = "timeouts: { body_idle: 0s },"});
  BarePeer& client = stage.connect();
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";
  BarePeer& backend = stage.forward(client, head);
  stage.pass_time(20s);
  stage.send(client, "body");
  stage.pass_time(20s);
  stage.send(backend, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  stage.pass_time(20s);
  stage.send(backend, "ok");
  REQUIRE(client.received().ends_with("ok"));
  CHECK(stage.cells().duration.sum() >= 60s);
  CHECK(stage.cells().self.sum() > 0s);
  CHECK(stage.cells().self.sum() < 20s);
}

TEST_CASE("a client that left before its answer counts as the client's fault") {
  ExchangeStage stage;
  BarePeer& client = stage.connect();
  (void)stage.forward(client, kRequest);
  client.reset();
  stage.settle();
  CHECK(of_class(stage.cells(), 499) == 1);
  CHECK(of_cause(stage.cells(), base::Cause::client_gone) == 1);
}

TEST_CASE("an answer that broke off counts by what was told, and as a failure") {
  ExchangeStage stage;
  BarePeer& client = stage.connect();
  BarePeer& backend = stage.forward(client, kRequest);
  stage.send(backend, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  backend.close();
  stage.settle();
  CHECK(client.saw_reset());
  CHECK(of_class(stage.cells(), 200) == 1);
  CHECK(of_cause(stage.cells(), base::Cause::response_truncated) == 1);
}

TEST_CASE("who waits in line is counted while waiting, however that ends") {
  ExchangeStage stage(kOneConnection);
  const pool::PoolCells& pool = stage.group().pool_cells();
  BarePeer& backend = stage.forward(stage.connect(), kRequest);
  BarePeer& served = stage.connect();
  stage.send(served, kRequest);
  BarePeer& impatient = stage.connect();
  stage.send(impatient, kRequest);
  CHECK(pool.queue_length.read() == 2);

  SECTION("one gets the connection, the other leaves") {
    stage.send(backend, kAnswer);
    CHECK(pool.queue_length.read() == 1);
    impatient.reset();
    stage.settle();
  }
  SECTION("both wait too long") { stage.pass_time(6s); }
  CHECK(pool.queue_length.read() == 0);
  CHECK(count_in(pool.queue) == 2);
}

TEST_CASE("a long body is counted while it is still coming") {
  ExchangeStage stage;
  BarePeer& client = stage.connect();
  BarePeer& backend = stage.forward(client, kRequest);
  stage.send(backend, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
  stage.send(backend, std::string(1'000'000, 'x'));
  CHECK(count_in(stage.cells().duration) == 0);
  CHECK(stage.listener_cells().bytes_out.read() > 500'000);
}
