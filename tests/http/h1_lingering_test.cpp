// The close behind an early answer: the rest of the request is read and dropped, for a while.
#include <catch2/catch.hpp>

#include "tests/http/inbound_stage.h"

using namespace poise;
using namespace poise::test;
using namespace std::chrono_literals;

namespace {

// An upload that was answered in its middle; the client saw answer and end, and may go on sending.
struct Refused {
  Refused() {
    stage.prepare = [](ScriptedHandler& handler) {
      handler.on_head = [](ScriptedHandler& self) {
        self.stream().cancel({.cause = base::Cause::denied});
        self.answer(413, "");
      };
      handler.on_abort = [](ScriptedHandler&) {};
    };
    stage.open();
    stage.wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nsome");
    must(stage.wire.saw_end() && stage.is_open());
  }
  InboundStage stage;
};

}  // namespace

TEST_CASE("a client that goes on sending after its answer is read from for ten seconds") {
  Refused refused;
  InboundStage& stage = refused.stage;
  for (int second = 1; second < 10; ++second) {
    stage.wire.pass_time(1s);
    INFO(second);
    CHECK(stage.is_open());
    stage.wire.send("more");
  }
  CHECK_FALSE(stage.wire.saw_reset());
  stage.wire.pass_time(1100ms);
  CHECK_FALSE(stage.is_open());
}

TEST_CASE("a client that pauses after its answer is let go two seconds later") {
  Refused refused;
  InboundStage& stage = refused.stage;
  stage.wire.pass_time(1900ms);
  CHECK(stage.is_open());
  stage.wire.pass_time(200ms);
  CHECK_FALSE(stage.is_open());
}
