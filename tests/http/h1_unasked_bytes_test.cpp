// Bytes from a backend before the request has left poise.
#include <catch2/catch.hpp>

#include "tests/http/outbound_stage.h"

using namespace poise;
using namespace poise::test;

namespace {

const std::string kUnasked = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";

// The request fails as one of which nothing was sent, so that it may be tried again elsewhere.
void check_refused(const OutboundStage& stage) {
  CHECK(stage.story() == " [] {} response_reset closed");
  CHECK(stage.aborted.sent == base::Sent::nothing);
  CHECK(stage.aborted.side == base::Side::backend);
  CHECK(stage.wire.received().find("GET") == std::string::npos);
}

}  // namespace

TEST_CASE("what a backend says on a new connection before the request left is no answer") {
  OutboundStage stage;
  stage.start();
  stage.end_request();
  REQUIRE(stage.wire.send_some(kUnasked) == kUnasked.size());
  stage.wire.settle();
  check_refused(stage);
}

TEST_CASE("what a backend says on a kept connection before the next request left is no answer") {
  OutboundStage stage;
  stage.get();
  stage.wire.send(kUnasked);
  REQUIRE(stage.times_idle == 1);
  stage.start();
  stage.end_request();
  const std::size_t sent = stage.wire.received().size();
  REQUIRE(stage.wire.send_some(kUnasked) == kUnasked.size());
  stage.wire.settle();
  CHECK(stage.story() == " [] {} response_reset closed");
  CHECK(stage.aborted.sent == base::Sent::nothing);
  CHECK(stage.wire.received().size() == sent);
}
