#include "proxy/l4/flow.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <deque>
#include <string>

using namespace poise;
using net::IoResult;
using State = l4::Flow::State;

namespace {

// A peer whose answers are written down beforehand; without one it has no bytes, or takes all.
class ScriptedTransport final : public net::Transport {
 public:
  ScriptedTransport() = default;
  ~ScriptedTransport() override = default;

  std::deque<std::string> input;
  int input_error = 0;
  bool input_ended = false;
  std::size_t room = SIZE_MAX;  // how much send() takes yet
  int send_error = 0;
  std::string sent;
  std::string rest;
  bool reading = true;
  bool ended = false;

  IoResult receive(std::span<char> space) override {
    if (!input.empty()) {
      const std::string piece = input.front();
      input.pop_front();
      return {IoResult::Status::ok, 0, piece.copy(space.data(), space.size())};
    }
    if (input_error != 0) return {IoResult::Status::failed, input_error, 0};
    if (input_ended) return {IoResult::Status::end, 0, 0};
    return {};
  }
  IoResult send(std::span<const iovec> slices) override {
    if (send_error != 0) return {IoResult::Status::failed, send_error, 0};
    const std::size_t count = std::min(slices[0].iov_len, room);
    if (count == 0 && slices[0].iov_len > 0) return {};
    if (count > 0) sent.append(static_cast<const char*>(slices[0].iov_base), count);
    room -= count;
    return {IoResult::Status::ok, 0, count};
  }
  void write_rest(base::Buffer&& bytes) override {
    while (!bytes.empty()) {
      rest += bytes.front();
      bytes.drop(bytes.front().size());
    }
  }
  void pause_reading() override { reading = false; }
  void resume_reading() override { reading = true; }
  void shutdown_sending() override { ended = true; }
  void reset_on_close() override {}
  void set_events(net::TransportEvents&) override {}
  std::size_t unacknowledged() const override { return 0; }
  bool is_quiet() const override { return true; }
  net::Address local_address() const override { return {}; }
  int splice_fd() const override { return -1; }

 private:
  void close() override {}
};

struct Bench {
  net::Loop loop;
  net::PipePool pipes;
  ScriptedTransport source;
  ScriptedTransport sink;
  l4::Flow flow{loop, pipes};

  Bench() { flow.connect(source, sink); }
};

}  // namespace

TEST_CASE("a flow hands on what it reads and leaves the source alone") {
  Bench bench;
  bench.source.input = {"some bytes"};
  bench.flow.on_source_readable();
  CHECK(bench.sink.sent == "some bytes");
  CHECK(bench.flow.state() == State::flowing);
  CHECK(bench.flow.moved() == 10);
  CHECK(bench.source.reading);
}

TEST_CASE("what a full sink does not take waits in it, and only further bytes stop the reading") {
  Bench bench;
  bench.source.input = {"0123456789", "abc"};
  bench.sink.room = 4;
  bench.flow.on_source_readable();
  CHECK(bench.sink.sent == "0123");
  CHECK(bench.sink.rest == "456789");
  CHECK(bench.flow.state() == State::blocked);
  CHECK(bench.source.reading);

  bench.flow.on_source_readable();
  CHECK_FALSE(bench.source.reading);
  CHECK(bench.source.input.size() == 1);

  bench.sink.room = SIZE_MAX;
  bench.flow.on_sink_writable(0);
  CHECK(bench.flow.state() == State::flowing);
  CHECK(bench.source.reading);
  bench.flow.on_source_readable();
  CHECK(bench.sink.sent == "0123abc");
  CHECK(bench.flow.moved() == 13);
}

TEST_CASE("the source's end is passed on behind its bytes, and the source is not asked again") {
  Bench bench;
  bench.source.input = {"last"};
  bench.source.input_ended = true;
  bench.flow.on_source_readable();
  bench.flow.on_source_readable();
  CHECK(bench.sink.sent == "last");
  CHECK(bench.sink.ended);
  CHECK(bench.flow.state() == State::ended);
  CHECK_FALSE(bench.source.reading);
}

TEST_CASE("a flow tells which side was lost, and why") {
  Bench bench;
  SECTION("the source") {
    bench.source.input_error = ECONNRESET;
    bench.flow.on_source_readable();
    CHECK(bench.flow.state() == State::source_lost);
    CHECK(bench.flow.system_error() == ECONNRESET);
  }
  SECTION("the sink, at a send") {
    bench.source.input = {"x"};
    bench.sink.send_error = EPIPE;
    bench.flow.on_source_readable();
    CHECK(bench.flow.state() == State::sink_lost);
    CHECK(bench.flow.system_error() == EPIPE);
  }
  SECTION("the sink, while bytes waited in it, with no more to come") {
    bench.source.input = {"x"};
    bench.sink.room = 0;
    bench.flow.on_source_readable();
    REQUIRE(bench.flow.state() == State::blocked);
    bench.sink.send_error = EPIPE;
    bench.flow.on_sink_writable(ECONNRESET);
    CHECK(bench.flow.state() == State::sink_lost);
  }
  CHECK_FALSE(bench.sink.ended);
}

TEST_CASE("full reads are copied where there is no descriptor to splice") {
  Bench bench;
  std::string expected;
  for (char c = 'a'; c < 'e'; ++c) {
    bench.source.input.push_back(std::string(net::Loop::kScratchBytes, c));
    expected += bench.source.input.back();
  }
  while (!bench.source.input.empty()) bench.flow.on_source_readable();
  CHECK(bench.sink.sent == expected);
  CHECK(bench.pipes.kept() == 0);
}
