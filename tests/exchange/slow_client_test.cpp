// Whose time runs while a request is still on its way: a backend answers for its own silence only.
#include <catch2/catch.hpp>

#include "tests/exchange/exchange_stage.h"

using namespace poise;
using namespace poise::test;
using namespace std::chrono_literals;

namespace {

const StageSettings kFiveSeconds{
    .listener = "timeouts: { body_idle: 0s, header: 0s },",
    .pool = "timeouts: { response_header: 5s }, retry: { attempts: 0 },"};

std::string post(std::size_t length, const std::string& fields = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " + std::to_string(length) +
         "\r\n\r\n";
}

const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE("a backend that took all a slow client sent is not blamed for the wait") {
  ExchangeStage stage(kFiveSeconds);
  BarePeer& client = stage.connect();
  BarePeer& backend = stage.forward(client, post(10) + "first");
  REQUIRE(backend.received().ends_with("first"));
  for (int i = 0; i < 3; ++i) stage.pass_time(1min);
  CHECK(client.received().empty());
  stage.send(client, "again");
  REQUIRE(backend.received().ends_with("again"));
  stage.send(backend, kAnswer);
  CHECK(client.received() == kAnswer);
}

TEST_CASE("a backend's time runs from when it has the whole of a slow client's request") {
  ExchangeStage stage(kFiveSeconds);
  BarePeer& client = stage.connect();
  BarePeer& backend = stage.forward(client, post(10) + "first");
  stage.pass_time(1min);
  stage.send(client, "again");
  stage.pass_time(4900ms);
  CHECK(client.received().empty());
  stage.pass_time(200ms);
  CHECK(client.received().starts_with("HTTP/1.1 504 "));
  CHECK(backend.saw_reset());
}

TEST_CASE("a backend that does not take what a client sent is out of time, complete or not") {
  ExchangeStage stage(kFiveSeconds);
  BarePeer& client = stage.connect();
  constexpr std::size_t kMuch = 64'000'000;
  BarePeer& backend = stage.forward(client, post(kMuch));
  backend.set_reading(PeerReads::nothing);
  const std::string piece(64 * 1024, 'x');
  std::size_t before = 1;
  for (std::size_t sent = 0; sent != before;) {
    before = sent;
    sent += client.send_some(piece);
    stage.settle();
  }
  stage.pass_time(6s);
  CHECK(client.received().starts_with("HTTP/1.1 504 "));
}

TEST_CASE("a client that waits for a 100 keeps nobody waiting: the backend's time runs") {
  ExchangeStage stage(kFiveSeconds);
  BarePeer& client = stage.connect();
  stage.forward(client, post(10, "Expect: 100-continue\r\n"));
  stage.pass_time(6s);
  CHECK(client.received().starts_with("HTTP/1.1 504 "));
}
