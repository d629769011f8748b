// Bytes through TLS, both ends poise's own, over the loopback.
#include <catch2/catch.hpp>

#include "tests/tls/tls_stage.h"

using namespace poise;
using namespace poise::test;

namespace {

std::string counting(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
  return bytes;
}

void meet(TlsStage& stage) {
  stage.meet(server_for("a.test"), trusting_client()->begin("a.test", nullptr));
  REQUIRE(stage.server.is_secured());
  REQUIRE(stage.client.is_secured());
}

}  // namespace

TEST_CASE("tls: a handshake agrees on 1.3 and tells what it came to") {
  TlsStage stage;
  meet(stage);
  CHECK(stage.server.facts->version == "TLSv1.3");
  CHECK(stage.server.facts->cipher == "TLS_AES_128_GCM_SHA256");
  CHECK(stage.server.facts->server_name == "a.test");
  CHECK_FALSE(stage.server.facts->resumed);
  CHECK(stage.server.facts->took.count() > 0);
  CHECK(stage.server.facts->peer.empty());
  CHECK(stage.client.facts->peer.size() == 1);
}

TEST_CASE("tls: bytes pass both ways") {
  TlsStage stage;
  meet(stage);
  stage.client.say("ask");
  stage.server.say("answer");
  stage.turned.settle();
  CHECK(stage.server.received == "ask");
  CHECK(stage.client.received == "answer");
}

TEST_CASE("tls: several slices leave as one record, and arrive in one read") {
  TlsStage stage;
  meet(stage);
  const std::string head = "head ", body = "body ", end = "end";
  const iovec slices[] = {{const_cast<char*>(head.data()), head.size()},
                          {const_cast<char*>(body.data()), body.size()},
                          {const_cast<char*>(end.data()), end.size()}};
  const int before = stage.client.reads;
  const auto sent = stage.server.transport().send(slices);
  CHECK(sent.count == 13);
  stage.turned.settle();
  CHECK(stage.client.received == "head body end");
  CHECK(stage.client.reads == before + 1);
}

TEST_CASE("tls: a megabyte arrives whole though the reader takes small pieces") {
  TlsStage stage;
  meet(stage);
  const std::string bytes = counting(1 << 20);
  stage.client.room = 1000;  // records are larger: the rest of one is in OpenSSL's buffer
  stage.server.say(bytes);
  CHECK(stage.turned.comes_true([&] { return stage.client.received.size() >= bytes.size(); }));
  CHECK((stage.client.received == bytes));
}

TEST_CASE("tls: a reader that pauses gets the rest when it goes on") {
  TlsStage stage;
  meet(stage);
  stage.client.room = 10;
  stage.client.transport().pause_reading();
  stage.server.say(std::string(100, 'x'));
  stage.turned.settle();
  CHECK(stage.client.received.empty());
  stage.client.transport().resume_reading();
  CHECK(stage.turned.comes_true([&] { return stage.client.received.size() == 100; }));
}

TEST_CASE("tls: what a slow reader leaves in the way is never told as sent") {
  TlsStage stage;
  meet(stage);
  stage.client.transport().pause_reading();
  const std::string bytes = counting(16 << 20);
  const iovec slice{const_cast<char*>(bytes.data()), bytes.size()};
  const auto sent = stage.server.transport().send({&slice, 1});
  REQUIRE(sent.ok());
  REQUIRE(sent.count < bytes.size());
  CHECK(stage.server.transport().send({&slice, 1}).status == net::IoResult::Status::would_block);
  base::Buffer rest;
  rest.append(std::string_view(bytes).substr(sent.count));
  stage.server.transport().write_rest(std::move(rest));
  stage.turned.settle();
  CHECK(stage.server.writable == 0);
  CHECK(stage.server.transport().unacknowledged() > 0);
  stage.client.room = 1 << 16;
  stage.client.transport().resume_reading();
  CHECK(stage.turned.comes_true([&] { return stage.client.received.size() >= bytes.size(); }));
  CHECK((stage.client.received == bytes));
  CHECK(stage.turned.comes_true([&] { return stage.server.writable == 1; }));
}

TEST_CASE("tls: an end with close_notify is an end, and the other way stays open") {
  TlsStage stage;
  meet(stage);
  stage.client.say("last words");
  stage.client.transport().shutdown_sending();
  CHECK(stage.turned.comes_true([&] { return stage.server.ended; }));
  CHECK(stage.server.received == "last words");
  stage.server.say("answer");
  stage.turned.settle();
  CHECK(stage.client.received == "answer");
}

TEST_CASE("tls: letting go of a transport says close_notify") {
  TlsStage stage;
  meet(stage);
  stage.server.let_go();
  CHECK(stage.turned.comes_true([&] { return stage.client.ended; }));
}

TEST_CASE("tls: a connection cut off without close_notify is lost, not ended") {
  TlsStage stage;
  meet(stage);
  stage.server.transport().reset_on_close();
  stage.server.let_go();
  CHECK(stage.turned.comes_true([&] { return stage.client.lost != 0; }));
  CHECK_FALSE(stage.client.ended);
}

TEST_CASE("tls: a ticket on an idle connection is not told to its speaker, nor does it look busy") {
  TlsStage stage;
  meet(stage);
  stage.turned.settle();
  CHECK(stage.client.reads == 0);
  CHECK(stage.client.transport().is_quiet());
  stage.server.say("x");
  CHECK_FALSE(stage.client.transport().is_quiet());
}

TEST_CASE("tls: the ticket of one connection resumes on the next, in both versions") {
  TlsStage stage;
  tls::ServerConfig config;
  const auto server = server_for("a.test");
  const auto client = trusting_client();
  tls::SessionSlot slot;
  stage.meet(server, client->begin("a.test", &slot));
  REQUIRE_FALSE(slot.empty());
  stage.client.let_go();
  stage.server.let_go();
  TlsStage next;
  next.meet(server, client->begin("a.test", &slot));
  CHECK(next.server.facts->resumed);
  CHECK(next.client.facts->resumed);
}
