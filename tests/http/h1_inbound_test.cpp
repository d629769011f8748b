#include "proxy/http/h1_inbound.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/http/inbound_stage.h"

using namespace poise;
using namespace poise::test;
using base::Cause;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kMegabyte = 1'000'000;

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

std::string post(const std::string& body, const std::string& fields = "") {
  return "POST /p HTTP/1.1\r\nHost: a\r\n" + fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string pattern(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
  return text;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

// Three requests in one piece, of which the first one's handler waits.
void send_three(InboundStage& stage, ScriptedHandler*& waiting) {
  stage.prepare = [&](ScriptedHandler& handler) {
    echo(handler);
    if (stage.count() > 1) return;
    handler.on_end = [&waiting](ScriptedHandler& self) { waiting = &self; };
  };
  stage.open();
  stage.wire.send(post("1") + post("2") + post("3"));
}

struct Story {
  std::string requests;
  std::string received;
  bool closed;
};

Story story_of(const std::string& input, bool bytewise) {
  InboundStage stage;
  stage.open();
  if (bytewise) {
    stage.wire.send_bytewise(input);
  } else {
    stage.wire.send(input);
  }
  return {stage.story(), stage.wire.received(), !stage.is_open()};
}

}  // namespace

TEST_CASE("a connection answers one request after the other") {
  InboundStage stage;
  stage.open();
  stage.wire.send(post("one"));
  CHECK(stage.wire.received() == ok("one"));
  stage.wire.send(post("two"));
  CHECK(stage.wire.received() == ok("one") + ok("two"));
  CHECK(stage.is_open());
  CHECK(stage.connection().is_idle());
  CHECK(stage.seen(1).finished);
  CHECK(stage.seen(1).handler == nullptr);
}

TEST_CASE("pipelined requests are answered in order, though the first takes its time") {
  InboundStage stage;
  ScriptedHandler* waiting = nullptr;
  send_three(stage, waiting);
  CHECK(stage.count() == 1);
  CHECK(stage.wire.received().empty());
  waiting->answer(200, "first");
  stage.wire.settle();
  CHECK(stage.wire.received() == ok("first") + ok("2") + ok("3"));
}

TEST_CASE("bytes that come one by one make the same requests and answers as in one piece") {
  const std::string chunked = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& input : std::vector<std::string>{
           get("/a"), "\r\n" + get("/empty-line-before"),
           "\r\n\r\n\r\n" + get("/too-many-empty-lines"), post("hello") + get("/next"),
           chunked + "5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n" + get("/next"),
           chunked + "5\r\nhello!\r\n0\r\n\r\n" + get("/never"), chunked + "zz\r\n",
           "GET /bare-lf HTTP/1.1\nHost: a\n\n", "GET /no-host HTTP/1.1\r\n\r\n" + get("/never"),
           "GET /old HTTP/1.0\r\n\r\n",
           "GET /close HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}) {
    INFO(input);
    const Story whole = story_of(input, false);
    const Story pieces = story_of(input, true);
    CHECK(pieces.received == whole.received);
    CHECK(pieces.closed == whole.closed);
    if (!has(whole.requests, "malformed")) CHECK(pieces.requests == whole.requests);
  }
}

TEST_CASE("a large body is delivered no further than there is credit, and all of it in the end") {
  InboundStage stage;
  stage.prepare = [](ScriptedHandler& handler) { handler.holds_credit = true; };
  stage.open();
  const std::string body = pattern(kMegabyte);
  const std::string request = post(body);
  std::string_view rest = request;
  bool within = true;
  REQUIRE(stage.wire.comes_true([&] {
    rest.remove_prefix(stage.wire.send_some(rest));
    if (stage.count() == 0) return false;
    auto& seen = stage.seen(0);
    within = within && seen.held <= http::kWindow;
    if (seen.held > 0) seen.handler->give_credit((seen.held + 1) / 2);
    return seen.ended && seen.held == 0;
  }));
  CHECK(within);
  CHECK(stage.seen(0).body == body);
  stage.seen(0).handler->answer(200, "");
  stage.wire.send(get("/next"));
  CHECK(stage.count() == 2);
}

TEST_CASE("a body without credit stops coming, and goes on when there is some") {
  InboundStage stage;
  stage.prepare = [](ScriptedHandler& handler) {
    echo(handler);
    handler.holds_credit = true;
  };
  stage.open();
  const std::string body = pattern(2 * http::kWindow);
  const std::string request = post(body);
  std::string_view rest = request;
  for (int i = 0; i < 200; ++i) {
    rest.remove_prefix(stage.wire.send_some(rest));
    stage.wire.turn();
  }
  auto& seen = stage.seen(0);
  CHECK(seen.body.size() == http::kWindow);
  REQUIRE(seen.handler != nullptr);
  seen.handler->give_credit(1000);
  stage.wire.settle();
  CHECK(seen.body.size() == http::kWindow + 1000);
}

TEST_CASE("a response to a slow reader gets its credit back only as it leaves, and arrives whole") {
  InboundStage stage;
  const std::string body = pattern(8 * kMegabyte);
  std::size_t said = 0;
  std::size_t most_open = 0;
  const auto say_more = [&](ScriptedHandler& self) {
    auto& seen = self.seen();
    while (said < body.size() && said - seen.returned < http::kWindow) {
      const std::size_t piece =
          std::min({body.size() - said, http::kWindow - (said - seen.returned), kMegabyte / 30});
      said += piece;
      self.say(std::string_view(body).substr(said - piece, piece));
      most_open = std::max(most_open, said - seen.returned);
    }
  };
  bool ended = false;
  stage.prepare = [&](ScriptedHandler& handler) {
    handler.on_end = [&](ScriptedHandler& self) { self.begin_answer(200, http::Framing::chunked); };
  };
  stage.wire.set_reading(PeerReads::nothing);
  stage.open();
  stage.wire.send(get("/"));
  auto& seen = stage.seen(0);
  for (int i = 0; i < 300; ++i) {
    say_more(*seen.handler);
    stage.wire.turn();
  }
  CHECK(said < body.size());
  stage.wire.set_reading(PeerReads::everything);
  REQUIRE(stage.wire.comes_true([&] {
    if (seen.handler != nullptr && said < body.size()) say_more(*seen.handler);
    if (said == body.size() && !std::exchange(ended, true)) seen.handler->end_answer();
    return seen.finished;
  }));
  stage.wire.settle();
  CHECK(most_open <= http::kWindow);
  const std::string& received = stage.wire.received();
  http::H1Body reader;
  reader.begin(http::Framing::chunked, 0);
  std::string_view rest = std::string_view(received).substr(received.find("\r\n\r\n") + 4);
  std::string read;
  http::H1Body::Step step;
  do {
    step = reader.next(rest);
    rest.remove_prefix(step.used);
    read += step.data;
  } while (step.kind == http::H1Body::Step::Kind::data);
  CHECK(step.kind == http::H1Body::Step::Kind::end);
  CHECK(read == body);
}

TEST_CASE("many tiny chunks that pile up before a slow reader all arrive") {
  InboundStage stage;
  stage.prepare = [](ScriptedHandler& handler) {
    handler.on_end = [](ScriptedHandler& self) { self.begin_answer(200, http::Framing::chunked); };
  };
  stage.wire.shrink_buffers(32 * 1024);
  stage.wire.set_reading(PeerReads::nothing);
  stage.open();
  stage.wire.send(get("/"));
  auto& seen = stage.seen(0);
  std::size_t filled = 0;
  while (filled - seen.returned < http::kWindow / 2) {
    seen.handler->say(std::string(http::kWindow / 2, 'x'));
    filled += http::kWindow / 2;
    stage.wire.settle();
  }
  const std::size_t tiny = http::kWindow - (filled - seen.returned);
  for (std::size_t i = 0; i < tiny; ++i) seen.handler->say("y");
  seen.handler->end_answer();
  stage.wire.set_reading(PeerReads::everything);
  REQUIRE(stage.wire.comes_true([&] { return seen.finished; }));
  stage.wire.settle();
  CHECK(count_of(stage.wire.received(), "1\r\ny\r\n") == tiny);
  CHECK(stage.wire.received().ends_with("0\r\n\r\n"));
}

TEST_CASE("an early answer arrives whole, though the client is still sending, and then the end") {
  for (const bool reads_body : {true, false}) {
    INFO(reads_body);
    InboundStage stage;
    stage.prepare = [&](ScriptedHandler& handler) {
      handler.holds_credit = !reads_body;
      handler.on_abort = [](ScriptedHandler&) {};
    };
    stage.open();
    const std::string request = post(pattern(kMegabyte));
    std::string_view rest = request;
    for (int i = 0; i < 3; ++i) {
      rest.remove_prefix(stage.wire.send_some(rest.substr(0, http::kWindow)));
      stage.wire.settle();
    }
    auto& seen = stage.seen(0);
    REQUIRE(seen.handler != nullptr);
    CHECK(seen.held == (reads_body ? 0 : http::kWindow));
    seen.handler->stream().cancel({.cause = Cause::denied});
    seen.handler->answer(413, "too much");
    REQUIRE(stage.wire.comes_true([&] {
      rest.remove_prefix(stage.wire.send_some(rest.substr(0, 10'000)));
      return stage.wire.saw_end() || stage.wire.saw_reset();
    }));
    stage.wire.settle();
    REQUIRE(stage.is_open());
    CHECK(
        stage.wire.received() ==
        "HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo much");
    CHECK(seen.finished);
    stage.wire.send(rest);
    stage.wire.shut_down_sending();
    CHECK(stage.wire.comes_true([&] { return !stage.is_open(); }));
    CHECK_FALSE(stage.wire.saw_reset());
  }
}

TEST_CASE("a response that breaks off ends in a reset, however its end would have been told") {
  for (const auto framing : {http::Framing::length, http::Framing::chunked, http::Framing::close}) {
    InboundStage stage;
    stage.prepare = [&](ScriptedHandler& handler) {
      handler.on_end = [&](ScriptedHandler& self) {
        self.begin_answer(200, framing, 100);
        self.say("half");
      };
    };
    stage.open();
    stage.wire.send("GET / HTTP/1.0\r\n\r\n");
    REQUIRE(has(stage.wire.received(), "half"));
    REQUIRE(stage.seen(0).handler != nullptr);
    stage.seen(0).handler->cut();
    CHECK(stage.wire.comes_true([&] { return stage.wire.saw_reset(); }));
    CHECK_FALSE(stage.wire.saw_end());
    CHECK_FALSE(stage.is_open());
  }
}

TEST_CASE("a client that leaves in mid-body ends its request") {
  InboundStage stage;
  stage.open();
  stage.wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
  stage.wire.close_peer();
  CHECK(stage.wire.comes_true([&] { return !stage.is_open(); }));
  CHECK(stage.seen(0).aborted.cause == Cause::client_gone);
  CHECK(stage.seen(0).aborted.phase == base::Phase::request);
  CHECK(stage.seen(0).handler == nullptr);
}

TEST_CASE("a client that resets while it waits for its answer ends its request") {
  InboundStage stage;
  stage.prepare = [](ScriptedHandler&) {};
  stage.open();
  stage.wire.send(get("/"));
  stage.wire.reset_peer();
  CHECK(stage.wire.comes_true([&] { return !stage.is_open(); }));
  CHECK(stage.seen(0).aborted.cause == Cause::client_gone);
  CHECK(stage.seen(0).aborted.phase == base::Phase::wait);
}

TEST_CASE("a client that only stops sending still gets its answers, those it sent ahead included") {
  InboundStage stage;
  ScriptedHandler* waiting = nullptr;
  send_three(stage, waiting);
  stage.wire.shut_down_sending();
  stage.wire.settle();
  REQUIRE(stage.is_open());
  waiting->answer(200, "1");
  CHECK(stage.wire.comes_true([&] { return !stage.is_open(); }));
  stage.wire.settle();
  CHECK(stage.count() == 3);
  CHECK(has(stage.wire.received(), "\r\n\r\n1HTTP"));
  CHECK(has(stage.wire.received(), "\r\n\r\n2HTTP"));
  CHECK(stage.wire.received().ends_with("\r\n\r\n3"));
  CHECK(stage.wire.saw_end());
}

TEST_CASE("what cannot be read is answered, and the connection closed in order") {
  InboundStage stage;
  stage.open();
  stage.wire.send("GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n" + get("/never"));
  CHECK(stage.wire.received() ==
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  CHECK(stage.wire.saw_end());
  CHECK(stage.count() == 1);
  CHECK(stage.seen(0).aborted.cause == Cause::request_malformed);
}

TEST_CASE("a header over the limit is refused, complete or not") {
  for (const std::string end : {"", "\r\n\r\n"}) {
    InboundStage stage;
    stage.settings.limits.header_bytes = 1000;
    stage.open();
    stage.wire.send("GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(1000, 'x') + end);
    CHECK(stage.wire.received().starts_with("HTTP/1.1 431 "));
    CHECK(stage.wire.saw_end());
  }
}

TEST_CASE("a body over the limit is refused, also when its length was not told") {
  InboundStage stage;
  stage.settings.limits.body_bytes = 10;
  stage.open();
  stage.wire.send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "8\r\n12345678\r\n8\r\n12345678\r\n");
  CHECK(stage.wire.received().starts_with("HTTP/1.1 413 "));
  CHECK(stage.seen(0).aborted.cause == Cause::request_too_large);
}

TEST_CASE("the last request a connection may carry is answered with its end") {
  InboundStage stage;
  stage.settings.limits.requests_per_connection = 2;
  stage.open();
  stage.wire.send(get("/1") + get("/2") + get("/3"));
  CHECK(stage.count() == 2);
  CHECK(count_of(stage.wire.received(), "200 OK") == 2);
  CHECK(count_of(stage.wire.received(), "Connection: close") == 1);
  CHECK(stage.wire.saw_end());
}

TEST_CASE("while draining, an answer ends its connection, and an idle one closes when asked") {
  InboundStage stage;
  stage.open();
  stage.wire.send(get("/1"));
  CHECK_FALSE(has(stage.wire.received(), "close"));
  stage.draining = true;
  stage.wire.send(get("/2"));
  CHECK(has(stage.wire.received(), "Connection: close"));
  CHECK(stage.wire.saw_end());

  InboundStage idle;
  idle.open();
  idle.wire.send(get("/1"));
  idle.connection().close_when_idle();
  idle.wire.settle();
  CHECK(idle.wire.saw_end());
}

TEST_CASE("an HTTP/1.0 client gets no chunks, and is kept only when it asked for it") {
  InboundStage stage;
  stage.prepare = [](ScriptedHandler& handler) {
    handler.on_end = [](ScriptedHandler& self) {
      self.begin_answer(200, http::Framing::chunked);
      self.say("a");
      self.say("b");
      self.end_answer();
    };
  };
  stage.open();
  stage.wire.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(stage.wire.received() == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab");
  CHECK(stage.wire.saw_end());

  InboundStage kept;
  kept.open();
  kept.wire.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(has(kept.wire.received(), "Connection: keep-alive"));
  CHECK(kept.is_open());
}

TEST_CASE("chunks and trailers reach a client as they were said") {
  InboundStage stage;
  stage.prepare = [](ScriptedHandler& handler) {
    handler.on_end = [](ScriptedHandler& self) {
      base::Arena arena;
      http::Fields trailers;
      trailers.add(arena, "X-Sum", "1");
      self.begin_answer(200, http::Framing::chunked);
      self.say("hello");
      self.say("!");
      self.end_answer(trailers);
    };
  };
  stage.open();
  stage.wire.send(get("/"));
  CHECK(stage.wire.received() ==
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n");
}

// ---- tunnels
// -------------------------------------------------------------------------------------

namespace {

const std::string kUpgrade =
    "GET /t HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\n";

void tunnel(ScriptedHandler& handler) {
  handler.on_head = [](ScriptedHandler& self) { self.switch_protocols(); };
  handler.on_end = [](ScriptedHandler&) {};
}

}  // namespace

TEST_CASE("an accepted upgrade carries bytes both ways, those sent ahead included") {
  InboundStage stage;
  stage.prepare = tunnel;
  stage.open();
  stage.wire.send(kUpgrade + "early");
  const std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\n";
  CHECK(stage.wire.received() == head);
  stage.wire.send(" late");
  CHECK(stage.seen(0).body == "early late");
  stage.seen(0).handler->say("down");
  stage.wire.settle();
  CHECK(stage.wire.received() == head + "down");
}

TEST_CASE("each direction of a tunnel ends on its own") {
  InboundStage stage;
  stage.prepare = tunnel;
  stage.open();
  stage.wire.send(kUpgrade);
  stage.wire.shut_down_sending();
  CHECK(stage.wire.comes_true([&] { return stage.seen(0).ended; }));
  REQUIRE(stage.is_open());
  stage.seen(0).handler->say("still here");
  stage.wire.settle();
  CHECK(stage.wire.received().ends_with("still here"));
  stage.seen(0).handler->end_answer();
  CHECK(stage.wire.comes_true([&] { return !stage.is_open(); }));
  CHECK(stage.wire.saw_end());
  CHECK(stage.seen(0).finished);
}

TEST_CASE("a refused upgrade is answered and closed, as nobody knows what was sent ahead") {
  InboundStage stage;
  stage.prepare = [](ScriptedHandler& handler) {
    handler.on_head = [](ScriptedHandler& self) { self.answer(404, "no"); };
    handler.on_end = [](ScriptedHandler&) {};
  };
  stage.open();
  stage.wire.send(kUpgrade + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(stage.count() == 1);
  CHECK(has(stage.wire.received(), "Connection: close"));
  CHECK(stage.wire.saw_end());
}

// ---- time
// ----------------------------------------------------------------------------------------

TEST_CASE("a header that does not end in time is answered with 408, however it trickles") {
  InboundStage stage;
  stage.settings.timeouts.header = milliseconds(80);
  stage.open();
  const std::string slow = "GET / HTTP/1.1\r\nHost: " + std::string(100'000, 'a');
  std::size_t sent = 0;
  CHECK(stage.wire.comes_true([&] {
    sent += stage.wire.send_some({slow.data() + sent, 1});
    return stage.wire.saw_end();
  }));
  CHECK(stage.wire.received().starts_with("HTTP/1.1 408 "));
  CHECK(stage.seen(0).aborted.cause == Cause::header_timeout);
}

TEST_CASE("a client that never says anything, or nothing more, is let go without a word") {
  InboundStage silent;
  silent.settings.timeouts.header = milliseconds(40);
  silent.open();
  CHECK(silent.wire.comes_true([&] { return silent.wire.saw_end(); }));
  CHECK(silent.wire.received().empty());

  InboundStage idle;
  idle.settings.timeouts.idle = milliseconds(40);
  idle.open();
  idle.wire.send(get("/"));
  const std::string answered = idle.wire.received();
  CHECK(idle.wire.comes_true([&] { return idle.wire.saw_end(); }));
  CHECK(idle.wire.received() == answered);
}

TEST_CASE("a body that stalls is answered with 408") {
  InboundStage stage;
  stage.settings.timeouts.body_idle = milliseconds(40);
  stage.open();
  stage.wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
  CHECK(stage.wire.comes_true([&] { return stage.wire.saw_end(); }));
  CHECK(stage.wire.received().starts_with("HTTP/1.1 408 "));
  CHECK(stage.seen(0).aborted.cause == Cause::body_timeout);
}

TEST_CASE("a body that waits for our credit is not the client's delay") {
  InboundStage stage;
  stage.settings.timeouts.body_idle = milliseconds(40);
  stage.prepare = [](ScriptedHandler& handler) {
    echo(handler);
    handler.holds_credit = true;
  };
  stage.open();
  const std::string request = post(pattern(2 * http::kWindow));
  std::string_view rest = request;
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(stage.wire.comes_true([&] {
    rest.remove_prefix(stage.wire.send_some(rest));
    return std::chrono::steady_clock::now() - begin > milliseconds(200);
  }));
  CHECK(stage.seen(0).aborted.cause == Cause::none);
  CHECK(stage.is_open());
}

TEST_CASE("a client that reads nothing is let go") {
  InboundStage stage;
  stage.settings.timeouts.write_idle = milliseconds(80);
  stage.prepare = [](ScriptedHandler& handler) {
    handler.on_end = [](ScriptedHandler& self) { self.begin_answer(200, http::Framing::chunked); };
  };
  stage.wire.shrink_buffers(4096);
  stage.wire.set_reading(PeerReads::nothing);
  stage.open();
  stage.wire.send(get("/"));
  auto& seen = stage.seen(0);
  std::size_t said = 0;
  CHECK(stage.wire.comes_true([&] {
    if (seen.handler != nullptr && said == seen.returned) {
      said += 64 * 1024;
      seen.handler->say(std::string(64 * 1024, 'x'));
    }
    return !stage.is_open();
  }));
  CHECK(seen.aborted.cause == Cause::client_too_slow);
}

TEST_CASE("what pipelined requests have used is let go of one by one") {
  InboundStage stage;
  std::size_t most = 0;
  stage.prepare = [&](ScriptedHandler& handler) {
    handler.on_end = [&](ScriptedHandler& self) {
      std::size_t alive = 0;
      for (std::size_t i = 0; i < stage.count(); ++i) alive += stage.seen(i).handler != nullptr;
      most = std::max(most, alive);
      self.answer(200, "");
    };
  };
  stage.open();
  std::string requests;
  for (int i = 0; i < 300; ++i) requests += get("/" + std::to_string(i));
  stage.wire.send(requests);
  CHECK(stage.wire.comes_true([&] { return stage.count() == 300; }));
  CHECK(most <= 2);
}

TEST_CASE("a client that ended its half before the tunnel began is known to have") {
  InboundStage stage;
  ScriptedHandler* upgrading = nullptr;
  stage.prepare = [&](ScriptedHandler& handler) {
    handler.on_head = [&](ScriptedHandler& self) { upgrading = &self; };
    handler.on_end = [](ScriptedHandler&) {};
  };
  stage.open();
  stage.wire.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\nhello");
  stage.wire.shut_down_sending();
  stage.wire.settle();
  REQUIRE(upgrading != nullptr);
  CHECK_FALSE(stage.seen(0).ended);
  upgrading->switch_protocols();
  stage.wire.settle();
  CHECK(stage.seen(0).body == "hello");
  CHECK(stage.seen(0).ended);
}
