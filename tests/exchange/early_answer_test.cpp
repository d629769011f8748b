// A backend that answers before it has the whole request, and leaves.
#include <catch2/catch.hpp>

#include "tests/exchange/exchange_stage.h"

using namespace poise;
using namespace poise::test;

namespace {

const std::string kUpload = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n";
const std::string kPiece(50'000, 'x');

// What a client got whose backend says this in the middle of an upload, and resets. Both sockets
// have something to tell in the same turn of the loop, and the client's comes first: sending its
// piece on fails, and what the backend said waits behind that.
const BarePeer& answered_behind_a_failed_send(ExchangeStage& stage, const std::string& answer) {
  BarePeer& client = stage.connect();
  BarePeer& backend = stage.forward(client, kUpload + kPiece);
  must(client.send_some(kPiece) == kPiece.size());
  must(backend.send_some(answer) == answer.size());
  backend.reset();
  stage.settle();
  return client;
}

}  // namespace

TEST_CASE("a client that still sends gets the answer of a backend that has left already") {
  ExchangeStage stage;
  const std::string refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n";
  const BarePeer& client = answered_behind_a_failed_send(stage, refusal + "\r\nno");
  CHECK(client.received() == refusal + "Connection: close\r\n\r\nno");
  CHECK(client.saw_end());
}

TEST_CASE("a backend that leaves without an answer in the middle of an upload is a 502") {
  ExchangeStage stage;
  CHECK(answered_behind_a_failed_send(stage, "").received().starts_with("HTTP/1.1 502 "));
  CHECK(answered_behind_a_failed_send(stage, "HTTP/1.1 413 Con")
            .received()
            .starts_with("HTTP/1.1 502 "));
}

TEST_CASE("an early answer that breaks off is cut, however its end would have been told") {
  for (const std::string length :
       {"Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n", ""}) {
    INFO(length);
    ExchangeStage stage;
    const BarePeer& client =
        answered_behind_a_failed_send(stage, "HTTP/1.1 413 No\r\n" + length + "\r\n5\r\nhe");
    CHECK(client.saw_reset());
    CHECK_FALSE(client.saw_end());
  }
}
