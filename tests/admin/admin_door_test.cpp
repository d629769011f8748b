#include "proxy/admin/admin_door.h"

#include <catch2/catch.hpp>

#include "tests/admin/admin_stage.h"

using namespace poise;
using namespace poise::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

std::string status_line(const std::string& answer) { return answer.substr(0, answer.find('\r')); }

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

const std::string kMark = "X-Poise: 1\r\n";

}  // namespace

TEST_CASE("the admin answers a known path, and says what is wrong with others") {
  AdminStage stage;
  const std::string fine = stage.get("/fine");
  CHECK(status_line(fine) == "HTTP/1.1 200 OK");
  CHECK(has(fine, "Content-Type: application/json\r\n"));
  CHECK(has(fine, "Cache-Control: no-store\r\n"));
  CHECK(has(fine, "\r\nDate: "));
  CHECK(body_of(fine) == "\"fine\"");

  const std::string nothing = stage.get("/fine/");
  CHECK(has(status_line(nothing), "404"));
  CHECK(body_of(nothing).starts_with("{\"error\": \""));

  const std::string wrong = stage.post("/fine", "", kMark);
  CHECK(has(status_line(wrong), "405"));
  CHECK(has(wrong, "Allow: GET, HEAD\r\n"));
  CHECK(has(stage.ask("DELETE /change HTTP/1.1\r\nHost: [::1]:9900\r\n\r\n"),
            "Allow: GET, HEAD, POST\r\n"));
}

TEST_CASE("the admin hands on path parameters and the query decoded") {
  AdminStage stage;
  CHECK(body_of(stage.get("/things/a%2Fb/parts/c%20d?x=1&q=e+%26%3d")) == "a/b|c d|e &=");
  CHECK(body_of(stage.get("/things/a/parts/%zz?q")) == "a|%zz|");
  CHECK(has(status_line(stage.get("/things//parts/b")), "404"));
}

TEST_CASE("HEAD gets the admin's head alone, and the connection goes on") {
  AdminStage stage;
  const std::string both = stage.ask(
      "HEAD /fine HTTP/1.1\r\nHost: localhost\r\n\r\nGET /open HTTP/1.1\r\nHost: "
      "localhost\r\n\r\n");
  CHECK(has(both, "Content-Length: 6\r\n"));
  CHECK_FALSE(has(both, "\"fine\""));
  CHECK(has(both, "\"open\""));
}

TEST_CASE("the admin takes a body of 4 MiB and no more") {
  AdminStage stage;
  const std::string body(admin::kMostBody, 'x');
  BarePeer& client = stage.client();
  stage.turned.send(client, "POST /change HTTP/1.1\r\nHost: localhost\r\n" + kMark +
                                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                                body);
  REQUIRE(stage.turned.comes_true([&] { return client.received().size() > body.size(); }));
  CHECK(body_of(client.received()) == body);

  const std::string announced = stage.ask("POST /change HTTP/1.1\r\nHost: localhost\r\n" + kMark +
                                          "Content-Length: 4194305\r\n\r\n");
  CHECK(has(status_line(announced), "413"));
  CHECK(body_of(announced).starts_with("{\"error\": "));

  BarePeer& chunked = stage.client();
  stage.turned.send(chunked, "POST /change HTTP/1.1\r\nHost: localhost\r\n" + kMark +
                                 "Transfer-Encoding: chunked\r\n\r\n400001\r\n" + body + 'x');
  REQUIRE(stage.turned.comes_true([&] { return has(chunked.received(), "\r\n\r\n"); }));
  CHECK(has(status_line(chunked.received()), "413"));
}

TEST_CASE("who expects to be told to go on is told so, or turned away before the body") {
  AdminStage stage;
  BarePeer& client = stage.client();
  const std::string expecting = "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  stage.turned.send(client, "POST /change HTTP/1.1\r\nHost: localhost\r\n" + kMark + expecting);
  CHECK(client.received() == "HTTP/1.1 100 Continue\r\n\r\n");
  stage.turned.send(client, "body");
  CHECK(body_of(body_of(client.received())) == "body");

  const std::string refused = stage.ask("POST /change HTTP/1.1\r\nHost: localhost\r\n" + expecting);
  CHECK(has(status_line(refused), "403"));
  CHECK(has(refused, "Connection: close\r\n"));
}

TEST_CASE("a large answer leaves at the pace of its reader") {
  AdminStage stage;
  BarePeer& client = stage.client();
  client.set_reading(PeerReads::nothing);
  stage.turned.send(client, "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
  stage.turned.settle();
  client.set_reading(PeerReads::everything);
  REQUIRE(stage.turned.comes_true([&] { return client.received().size() > 1'000'000; }));
  CHECK(body_of(client.received()) == std::string(1'000'000, 'b'));
}

TEST_CASE("an answer may come later, and hits nobody when its client has gone") {
  AdminStage stage;
  BarePeer& patient = stage.client();
  BarePeer& leaver = stage.client();
  stage.turned.send(patient, "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  stage.turned.send(leaver, "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  REQUIRE(stage.later.size() == 2);
  leaver.reset();
  stage.turned.settle();
  CHECK_FALSE(stage.later[1].is_open());
  for (const auto& reply : stage.later) reply.json("late");
  stage.turned.settle();
  CHECK(body_of(patient.received()) == "late");
  CHECK_FALSE(stage.later[0].is_open());
  stage.later[0].json("twice");
  stage.turned.settle();
  CHECK_FALSE(has(patient.received(), "twice"));
}

TEST_CASE("a request that its endpoint forgets is answered with 500") {
  AdminStage stage;
  CHECK(has(status_line(stage.get("/forgotten")), "500"));
}

TEST_CASE("a stream is written piece by piece and ends when its endpoint lets go of it") {
  AdminStage stage;
  BarePeer& client = stage.client();
  stage.turned.send(client, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  REQUIRE(stage.later.size() == 1);
  CHECK(has(client.received(), "Content-Type: text/event-stream\r\n"));
  for (const char* piece : {"one\n", "two\n"}) {
    CHECK(stage.later[0].write(piece));
    stage.turned.settle();
    CHECK(has(client.received(), piece));
  }
  stage.later.clear();
  stage.turned.settle();
  CHECK(client.received().ends_with("0\r\n\r\n"));
  stage.turned.send(client, "GET /fine HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.received().ends_with("\"fine\""));
}

TEST_CASE("a stream whose client reads nothing is cut, and holds little until then") {
  AdminStage stage;
  BarePeer& client = stage.client();
  client.limit_receive_buffer(4096);
  client.set_reading(PeerReads::nothing);
  stage.turned.send(client, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  REQUIRE(stage.later.size() == 1);
  const std::string piece(16 * 1024, 's');
  std::size_t written = 0;
  while (stage.later[0].write(piece)) {
    written += piece.size();
    stage.turned.turn();
    REQUIRE(written < 64U * 1024 * 1024);
  }
  CHECK_FALSE(stage.later[0].is_open());
  CHECK_FALSE(stage.later[0].write("more"));
  REQUIRE(stage.turned.comes_true([&] { return stage.door().connections() == 0; }));
}

TEST_CASE("a stream's client that goes is noticed, also while nothing is written") {
  AdminStage stage;
  BarePeer& client = stage.client();
  stage.turned.send(client, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  REQUIRE(stage.later.size() == 1);
  client.reset();
  stage.turned.settle();
  CHECK_FALSE(stage.later[0].is_open());
  CHECK_FALSE(stage.later[0].write("more"));
}

TEST_CASE("the admin's clients have as long for their heads and pauses as others") {
  AdminStage stage;
  BarePeer& slow = stage.client();
  BarePeer& idle = stage.client();
  stage.turned.send(slow, "GET /fine HT");
  stage.turned.send(idle, "GET /fine HTTP/1.1\r\nHost: localhost\r\n\r\n");
  stage.turned.pass_time(std::chrono::seconds(11));
  CHECK(has(status_line(slow.received()), "408"));
  CHECK_FALSE(idle.is_over());
  stage.turned.pass_time(std::chrono::seconds(70));
  CHECK(idle.saw_end());
}

TEST_CASE("garbage is answered with 400 and closed") {
  AdminStage stage;
  for (const std::string garbage :
       {"\x16\x03\x01\x02\r\n\r\n", "GET  /fine HTTP/1.1\r\n\r\n", "GET /fine HTTP/1.1\r\n\r\n",
        "POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: "
        "chunked\r\n\r\n"}) {
    const std::string answer = stage.ask(garbage);
    CHECK(has(status_line(answer), " 400 "));
    CHECK(has(answer, "Connection: close\r\n"));
  }
}

TEST_CASE("a request that asks for an upgrade is answered as if it had not") {
  AdminStage stage;
  const std::string answer = stage.get("/fine", "Upgrade: websocket\r\nConnection: Upgrade\r\n");
  CHECK(has(status_line(answer), "200"));
  CHECK(body_of(answer) == "\"fine\"");
}

TEST_CASE(
    "a door that closes ends streams, lets answers under way finish, and says when it is empty") {
  AdminStage stage;
  BarePeer& idle = stage.client();
  BarePeer& waiting = stage.client();
  BarePeer& streaming = stage.client();
  stage.turned.send(idle, "GET /fine HTTP/1.1\r\nHost: localhost\r\n\r\n");
  stage.turned.send(waiting, "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  stage.turned.send(streaming, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  int told = 0;
  stage.door().close([&] { ++told; });
  stage.turned.settle();
  CHECK(idle.saw_end());
  CHECK(streaming.received().ends_with("0\r\n\r\n"));
  CHECK(told == 0);
  stage.turned.pass_time(std::chrono::milliseconds(100));
  CHECK(streaming.saw_end());
  CHECK(told == 0);
  stage.later[0].json("last");
  stage.turned.settle();
  CHECK(has(waiting.received(), "Connection: close\r\n"));
  CHECK(body_of(waiting.received()) == "last");
  CHECK(told == 1);
}
