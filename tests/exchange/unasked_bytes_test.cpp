// Bytes that were there before a request had left cannot be its answer: they belong to somebody
// else, and nobody gets them.
#include <catch2/catch.hpp>

#include "tests/exchange/exchange_stage.h"

using namespace poise;
using namespace poise::test;

namespace {

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

}  // namespace

TEST_CASE("what follows an answer is not the answer to the next in line") {
  ExchangeStage stage({.pool = "connections: { max: 1 },"});
  BarePeer& first = stage.connect();
  BarePeer& second = stage.connect();
  BarePeer& backend = stage.forward(first, get("/1"));
  stage.send(second, get("/2"));
  REQUIRE(backend.received().find("/2") == std::string::npos);
  stage.send(backend, ok("one") + ok("not asked for"));
  BarePeer& fresh = stage.accept();
  stage.settle();
  CHECK(backend.received().find("/2") == std::string::npos);
  REQUIRE(fresh.received().starts_with("GET /2 "));
  stage.send(fresh, ok("two"));
  CHECK(first.received() == ok("one"));
  CHECK(second.received() == ok("two"));
}

TEST_CASE("a request that cannot be repeated is not sent behind bytes nobody asked for") {
  ExchangeStage stage;
  BarePeer& client = stage.connect();
  BarePeer& backend = stage.forward(client, get("/1"));
  stage.send(backend, ok("one"));
  REQUIRE(client.received() == ok("one"));
  client.forget_received();
  // Both are there in one turn of the loop, the client's first.
  const std::string post = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
  REQUIRE(client.send_some(post) == post.size());
  REQUIRE(backend.send_some(ok("not asked for")) > 0);
  BarePeer& fresh = stage.accept();
  stage.settle();
  CHECK(backend.received().find("/2") == std::string::npos);
  stage.send(fresh, ok("two"));
  CHECK(client.received() == ok("two"));
}
