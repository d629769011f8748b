// Time in a tunnel: none of the limits of requests and answers applies to one that is open both
// ways, and one of which a half is closed may not be silent for ever.
#include <catch2/catch.hpp>

#include "tests/exchange/exchange_stage.h"

using namespace poise;
using namespace poise::test;
using namespace std::chrono_literals;

namespace {

const StageSettings kImpatient{
    .listener = "timeouts: { header: 5s, body_idle: 5s, idle: 5s, write_idle: 5s, request: 5s },",
    .pool =
        "timeouts: { response_header: 5s, response_idle: 5s }, "
        "retry: { attempts: 0, try_timeout: 5s },"};

const std::string kUpgrade =
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\n";
const std::string kAgreed =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\n";

// An open one.
struct Tunnel {
  explicit Tunnel(ExchangeStage& the_stage)
      : stage(the_stage), client(stage.connect()), backend(stage.forward(client, kUpgrade)) {
    stage.send(backend, kAgreed);
    must(client.received() == kAgreed);
    client.forget_received();
    backend.forget_received();
  }
  bool carries(BarePeer& from, BarePeer& to, const std::string& bytes) {
    to.forget_received();
    stage.send(from, bytes);
    return to.received() == bytes;
  }

  ExchangeStage& stage;
  BarePeer& client;
  BarePeer& backend;
};

}  // namespace

TEST_CASE("an open tunnel may be silent for hours, and still carries bytes both ways") {
  ExchangeStage stage(kImpatient);
  Tunnel tunnel(stage);
  for (int i = 0; i < 3; ++i) {
    stage.pass_time(1h);
    CHECK(tunnel.carries(tunnel.client, tunnel.backend, "up"));
    stage.pass_time(1h);
    CHECK(tunnel.carries(tunnel.backend, tunnel.client, "down"));
  }
  CHECK(stage.client_count() == 1);
}

TEST_CASE("an upgrade that the backend does not answer runs into the time for an answer") {
  ExchangeStage stage({.pool = "timeouts: { response_header: 5s }, retry: { attempts: 0 },"});
  BarePeer& client = stage.connect();
  stage.forward(client, kUpgrade);
  stage.pass_time(6s);
  CHECK(client.received().starts_with("HTTP/1.1 504 "));
}

TEST_CASE("a tunnel of which one half is closed ends when it is silent") {
  for (const bool by_client : {true, false}) {
    INFO("closed by the client: " << by_client);
    ExchangeStage stage(kImpatient);
    Tunnel tunnel(stage);
    (by_client ? tunnel.client : tunnel.backend).shut_down_sending();
    stage.settle();
    CHECK((by_client ? tunnel.backend : tunnel.client).saw_end());
    stage.pass_time(4900ms);
    CHECK(stage.client_count() == 1);
    stage.pass_time(200ms);
    CHECK(stage.client_count() == 0);
    CHECK(tunnel.client.is_over());
    CHECK(tunnel.backend.is_over());
  }
}

TEST_CASE("a tunnel of which one half is closed goes on while bytes move in the other") {
  for (const bool by_client : {true, false}) {
    INFO("closed by the client: " << by_client);
    ExchangeStage stage(kImpatient);
    Tunnel tunnel(stage);
    BarePeer& ended = by_client ? tunnel.client : tunnel.backend;
    BarePeer& other = by_client ? tunnel.backend : tunnel.client;
    ended.shut_down_sending();
    stage.settle();
    for (int i = 0; i < 5; ++i) {
      stage.pass_time(4s);
      CHECK(tunnel.carries(other, ended, "still here"));
    }
    other.shut_down_sending();
    stage.settle();
    CHECK(stage.client_count() == 0);
    CHECK(ended.saw_end());
  }
}

TEST_CASE("a tunnel's client that takes nothing of what waits for it is let go") {
  ExchangeStage stage(kImpatient);
  Tunnel tunnel(stage);
  tunnel.client.set_reading(PeerReads::nothing);
  const std::string piece(64 * 1024, 'x');
  std::size_t before = 1;
  for (std::size_t sent = 0; sent != before;) {
    before = sent;
    sent += tunnel.backend.send_some(piece);
    stage.settle();
  }
  for (int i = 0; i < 3; ++i) stage.pass_time(6s);
  CHECK(stage.client_count() == 0);
  CHECK(tunnel.backend.is_over());
}
