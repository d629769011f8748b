#include "proxy/http/h1_outbound.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/http/outbound_stage.h"

using namespace poise;
using namespace poise::test;
using base::Cause;
using base::Sent;
using http::Framing;

namespace {

constexpr std::size_t kMegabyte = 1'000'000;

std::string ok(const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string pattern(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i * 11 % 26);
  return text;
}

struct Answered {
  std::string story;
  int times_idle;
};

enum class Then : bool { stays, closes };

Answered answered(const std::string& response, Then then, bool bytewise,
                  const std::string& method = "GET") {
  OutboundStage stage;
  stage.start(method);
  stage.end_request();
  stage.wire.settle();
  if (bytewise) {
    stage.wire.send_bytewise(response);
  } else {
    stage.wire.send(response);
  }
  if (then == Then::closes) stage.wire.close_peer();
  stage.wire.settle();
  return {stage.story(), stage.times_idle};
}

std::string story_of(const std::string& response, Then then = Then::stays) {
  return answered(response, then, false).story;
}

}  // namespace

TEST_CASE("a connection carries one request after the other, and says that it was used") {
  OutboundStage stage;
  stage.get();
  CHECK_FALSE(stage.reused());
  CHECK(stage.wire.received() == "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  stage.wire.send(ok("one", "Keep-Alive: timeout=7\r\n"));
  CHECK(stage.story() == "200 OK; [one] {} ended - open");
  CHECK(stage.times_idle == 1);
  CHECK(stage.connection().promised_idle() == std::chrono::seconds(7));
  stage.get();
  CHECK(stage.reused());
  stage.wire.send(ok("two"));
  CHECK(stage.text == "two");
  CHECK(stage.times_idle == 2);
}

TEST_CASE("a body is sent as it was framed") {
  OutboundStage stage;
  stage.start("POST", Framing::chunked);
  stage.say("hello");
  base::Arena arena;
  http::Fields trailers;
  trailers.add(arena, "X-Sum", "1");
  stage.end_request(trailers);
  stage.wire.settle();
  CHECK(stage.wire.received() ==
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
  CHECK(stage.returned() == 5);
}

TEST_CASE("a response that comes byte by byte is the same as in one piece") {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& response : std::vector<std::string>{
           ok("hello"), ok(""), "HTTP/1.1 204 No Content\r\n\r\n",
           "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
           chunked + "5\r\nhello\r\n6;x\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n",
           chunked + "5\r\nhello\r\n0\r\n\r\n", chunked + "5\r\nhel",
           "HTTP/1.1 200 OK\r\n\r\nuntil the close",
           "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + ok("x"),
           "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
           "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 20",
           "HTTP/1.1 999 No\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"}) {
    for (const Then then : {Then::stays, Then::closes}) {
      INFO(response << " closes: " << (then == Then::closes));
      const Answered whole = answered(response, then, false);
      const Answered pieces = answered(response, then, true);
      CHECK(pieces.story == whole.story);
      CHECK(pieces.times_idle == whole.times_idle);
    }
  }
}

TEST_CASE("how a response ends decides whether its connection is used again") {
  CHECK(answered(ok("x"), Then::stays, false).times_idle == 1);
  CHECK(answered("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", Then::stays,
                 false)
            .times_idle == 0);
  CHECK(answered("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", Then::stays, false).times_idle ==
        0);
  CHECK(answered("HTTP/1.1 200 OK\r\n\r\nx", Then::closes, false).times_idle == 0);
}

TEST_CASE("a response until the close ends with an orderly close only") {
  CHECK(story_of("HTTP/1.1 200 OK\r\n\r\nall", Then::closes) == "200 OK; [all] {} ended - closed");
  OutboundStage stage;
  stage.get();
  stage.wire.send("HTTP/1.1 200 OK\r\n\r\npart");
  stage.wire.reset_peer();
  stage.wire.settle();
  CHECK(stage.story() == "200 OK; [part] {} response_truncated closed");
}

TEST_CASE("the answer to HEAD has no body, whatever its length says") {
  const Answered head =
      answered("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", Then::stays, false, "HEAD");
  CHECK(head.story == "200 OK; [] {} ended - open");
  CHECK(head.times_idle == 1);
}

TEST_CASE("a response that breaks off is truncated, and one that never began is a reset") {
  CHECK(story_of(ok("hello").substr(0, 40), Then::closes) ==
        "200 OK; [he] {} response_truncated closed");
  CHECK(story_of("HTTP/1.1 200 OK\r\nContent-", Then::closes) ==
        " [] {} response_truncated closed");
  OutboundStage stage;
  stage.get();
  stage.wire.close_peer();
  stage.wire.settle();
  CHECK(stage.aborted.cause == Cause::response_reset);
  CHECK(stage.aborted.sent == Sent::something);
  CHECK(stage.aborted.side == base::Side::backend);
  CHECK(stage.aborted.phase == base::Phase::wait);
}

TEST_CASE("an answer that poise would have to guess at is refused and its connection closed") {
  CHECK(story_of("HTTP/1.1 200 OK\nContent-Length: 0\n\n") == " [] {} response_malformed closed");
  CHECK(story_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx") ==
        " [] {} response_malformed closed");
  CHECK(story_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") ==
        "200 OK; [] {} response_malformed closed");
  CHECK(story_of("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n") ==
        " [] {} response_malformed closed");
  std::string interim;
  for (int i = 0; i < 17; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(story_of(interim).find("response_malformed closed") != std::string::npos);
}

TEST_CASE("a response header over the limit is refused, complete or not") {
  for (const std::string end : {"", "\r\n\r\n"}) {
    OutboundStage stage({.header_bytes = 1000, .headers = 10});
    stage.get();
    stage.wire.send("HTTP/1.1 200 OK\r\nA: " + std::string(1000, 'x') + end);
    CHECK(stage.aborted.cause == Cause::response_too_large);
  }
}

TEST_CASE("bytes behind a response are not taken for the next one") {
  for (const std::string& first : {ok("x"), std::string("HTTP/1.1 204 No Content\r\n\r\n")}) {
    OutboundStage stage;
    stage.get();
    stage.wire.send(first + ok("smuggled"));
    CHECK(stage.ended);
    CHECK(stage.text.find("smuggled") == std::string::npos);
    CHECK(stage.times_idle == 0);
    CHECK(stage.closed);
  }
}

TEST_CASE("an idle connection that its backend closes, or speaks on, is given up") {
  for (const std::string surplus : {"", "HTTP/1.1 408 Request Timeout\r\n\r\n"}) {
    OutboundStage stage;
    stage.get();
    stage.wire.send(ok("x"));
    REQUIRE(stage.times_idle == 1);
    CHECK(stage.connection().is_quiet());
    if (surplus.empty()) {
      stage.wire.close_peer();
    } else {
      CHECK(stage.wire.send_some(surplus) == surplus.size());
    }
    CHECK_FALSE(stage.connection().is_quiet());
    CHECK(stage.wire.comes_true([&] { return stage.closed; }));
    CHECK(stage.closed_while_idle);
    CHECK(stage.aborted.cause == Cause::none);
  }
}

TEST_CASE("an answer before the request was sent whole ends the connection") {
  OutboundStage stage;
  stage.start("POST", Framing::length, 100);
  stage.say("half");
  stage.wire.settle();
  stage.wire.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
  CHECK(stage.heads == "413 Content Too Large;");
  CHECK(stage.text == "no");
  CHECK(stage.ended);
  CHECK(stage.times_idle == 0);
  CHECK(stage.closed);
}

TEST_CASE("the answer of a backend that refuses a body and resets is still read") {
  OutboundStage stage;
  stage.start("POST", Framing::length, 50 * kMegabyte);
  stage.wire.set_reading(PeerReads::nothing);
  stage.say(pattern(http::kWindow));
  stage.wire.settle();
  CHECK(stage.wire.send_some(ok("refused")) > 0);
  stage.wire.reset_peer();
  stage.say(pattern(1000));
  CHECK(stage.wire.comes_true([&] { return stage.closed; }));
  CHECK(stage.story() == "200 OK; [refused] {} ended - closed");
}

TEST_CASE("a cancelled request ends in a reset, so that no part of it is taken for the whole") {
  OutboundStage stage;
  stage.start("POST", Framing::chunked);
  stage.say("half");
  stage.wire.settle();
  stage.cancel_request();
  CHECK(stage.wire.comes_true([&] { return stage.wire.saw_reset(); }));
  CHECK(stage.closed);
  CHECK_FALSE(stage.closed_while_idle);
  CHECK(stage.aborted.cause == Cause::none);
  CHECK_FALSE(stage.ended);
}

TEST_CASE("a response is read no further than there is credit, and all of it in the end") {
  OutboundStage stage;
  stage.holds_credit = true;
  stage.get();
  const std::string body = pattern(kMegabyte);
  const std::string response = ok(body);
  std::string_view rest = response;
  for (int i = 0; i < 100; ++i) {
    rest.remove_prefix(stage.wire.send_some(rest));
    stage.wire.turn();
  }
  CHECK(stage.text.size() == http::kWindow);
  bool within = true;
  CHECK(stage.wire.comes_true([&] {
    rest.remove_prefix(stage.wire.send_some(rest));
    within = within && stage.held <= http::kWindow;
    if (stage.held > 0 && !stage.ended) stage.give_credit((stage.held + 1) / 2);
    return stage.ended;
  }));
  CHECK(within);
  CHECK(stage.text == body);
  CHECK(stage.times_idle == 1);
}

TEST_CASE("a request to a slow backend gets its credit back only as it leaves, and arrives whole") {
  OutboundStage stage;
  const std::string body = pattern(8 * kMegabyte);
  stage.wire.set_reading(PeerReads::nothing);
  stage.start("POST", Framing::length, body.size());
  std::size_t said = 0;
  std::size_t most_open = 0;
  const auto say_more = [&] {
    while (said < body.size() && said - stage.returned() < http::kWindow) {
      const std::size_t piece =
          std::min(body.size() - said, http::kWindow - (said - stage.returned()));
      said += piece;
      stage.say(std::string_view(body).substr(said - piece, piece));
      most_open = std::max(most_open, said - stage.returned());
    }
  };
  for (int i = 0; i < 200; ++i) {
    say_more();
    stage.wire.turn();
  }
  CHECK(said < body.size());
  stage.wire.set_reading(PeerReads::everything);
  CHECK(stage.wire.comes_true([&] {
    say_more();
    return stage.returned() == body.size();
  }));
  stage.end_request();
  stage.wire.settle();
  CHECK(most_open <= http::kWindow);
  const std::string& received = stage.wire.received();
  CHECK(received.substr(received.find("\r\n\r\n") + 4) == body);
  stage.wire.send(ok("done"));
  CHECK(stage.times_idle == 1);
}

TEST_CASE("a tunnel carries bytes both ways, and each direction ends on its own") {
  OutboundStage stage;
  stage.start_upgrade();
  stage.wire.settle();
  stage.wire.send(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\nfirst");
  CHECK(stage.story() == "101 Switching Protocols; [first] {} - open");
  stage.say("up");
  stage.wire.settle();
  CHECK(stage.wire.received().ends_with("\r\n\r\nup"));
  stage.wire.shut_down_sending();
  CHECK(stage.wire.comes_true([&] { return stage.ended; }));
  CHECK_FALSE(stage.closed);
  stage.say(" and more");
  stage.end_request();
  CHECK(stage.wire.comes_true([&] { return stage.closed; }));
  CHECK(stage.wire.received().ends_with("up and more"));
  stage.wire.settle();
  CHECK(stage.wire.saw_end());
}

TEST_CASE("a refused upgrade is an ordinary response") {
  OutboundStage stage;
  stage.start_upgrade();
  stage.wire.settle();
  stage.wire.send(ok("no"));
  CHECK(stage.heads == "200 OK;");
  CHECK(stage.text == "no");
  CHECK(stage.ended);
}
