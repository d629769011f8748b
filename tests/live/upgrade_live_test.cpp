// WebSocket and other upgrades: a tunnel once the backend agrees, and not a byte before.
#include <catch2/catch.hpp>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

const std::string kHandshake =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const std::string kAgreed =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

Reply agree(const StrictMessage&) { return {{kAgreed}, AfterReply::tunnel, {}}; }

}  // namespace

TEST_CASE("a WebSocket handshake opens a tunnel both ways") {
  ProxiedBackend scene(answering(agree));
  RawClient client = scene.client();
  const Answer answer = client.ask(get_text("ws", kHandshake));
  REQUIRE(answer.status() == 101);
  CHECK(answer.message.value("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(answer.message.lists("Connection", "upgrade"));
  CHECK(lower_case(answer.message.value("Upgrade")) == "websocket");
  const StrictMessage request = scene.next_request();
  CHECK(request.lists("Connection", "upgrade"));
  CHECK(request.value("Sec-WebSocket-Key") == "dGhlIHNhbXBsZSBub25jZQ==");

  for (const std::string& frame : {std::string("\x81\x05hello"), std::string(100000, '\xff')}) {
    client.send(frame);
    CHECK((client.read_bytes(frame.size()) == frame));
  }
}

TEST_CASE("bytes sent behind a handshake wait for the backend to agree") {
  Gate client_has_sent;
  ProxiedBackend scene(answering([&](const StrictMessage& request) {
    Reply reply = agree(request);
    reply.before_piece = [&](std::size_t) { client_has_sent.wait(); };
    return reply;
  }));
  RawClient client = scene.client();
  client.send(get_text("ws", kHandshake) + "early");
  CHECK(comes_true([&] { return scene.backend.request_count() == 1; }));
  client_has_sent.open();
  CHECK(client.read_message().status() == 101);
  CHECK(client.read_bytes(5) == "early");
  CHECK(scene.backend.take_faults().empty());
}

TEST_CASE("a client that leaves ends the tunnel at the backend") {
  ProxiedBackend scene(answering(agree));
  RawClient client = scene.client();
  REQUIRE(client.ask(get_text("ws", kHandshake)).status() == 101);
  client.socket().close();
  CHECK(comes_true([&] { return scene.backend.open_connections() == 0; }));
}

TEST_CASE("a backend that leaves ends the tunnel at the client") {
  ProxiedBackend scene(answering(agree));
  RawClient client = scene.client();
  REQUIRE(client.ask(get_text("ws", kHandshake)).status() == 101);
  scene.backend.close_connections();
  CHECK(client.is_closed_by_peer());
}

TEST_CASE("a backend may decline an upgrade with an ordinary answer") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  const Answer answer = client.ask(get_text("plain", kHandshake));
  CHECK(answer.message.value("X-Seen-Id") == "plain");
  if (answer.message.lists("Connection", "close")) {
    CHECK(client.is_closed_by_peer());
  } else {
    CHECK(client.ask(get_text("next")).message.value("X-Seen-Id") == "next");
  }
}

TEST_CASE("a tunnel's connection is never used for another request") {
  ProxiedBackend scene(answering([](const StrictMessage& request) {
    return request.has("Upgrade") ? agree(request) : id_echo(request);
  }));
  RawClient tunnel = scene.client();
  REQUIRE(tunnel.ask(get_text("ws", kHandshake)).status() == 101);
  CHECK(scene.client().ask(get_text("other")).message.value("X-Seen-Id") == "other");
  tunnel.send("still here");
  CHECK(tunnel.read_bytes(10) == "still here");
  CHECK(scene.backend.accepted_count() == 2);
}
