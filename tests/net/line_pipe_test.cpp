#include "proxy/net/line_pipe.h"

#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/net/turned_loop.h"

using namespace poise;

namespace {

class Hearing final : public net::LinePipe::Events {
 public:
  void on_line(std::string_view line) noexcept override {
    lines.emplace_back(line);
    if (line == ends_at) pipe.reset();
  }
  void on_pipe_closed() noexcept override { closed = true; }

  std::vector<std::string> lines;
  bool closed = false;
  std::string ends_at = "-";
  std::unique_ptr<net::LinePipe> pipe;
};

}  // namespace

TEST_CASE("lines arrive whole, in whatever pieces they come") {
  test::TurnedLoop loop;
  auto ends = net::LinePipe::make_pair();
  REQUIRE(ends);
  Hearing hearing;
  hearing.pipe = std::make_unique<net::LinePipe>(loop.loop(), std::move(ends->first), hearing);
  for (const std::string piece : {"rea", "dy 12\ngo\nan", "d on"}) {
    REQUIRE(::send(ends->second.get(), piece.data(), piece.size(), 0) > 0);
    loop.settle();
  }
  CHECK(hearing.lines == std::vector<std::string>{"ready 12", "go"});
  CHECK_FALSE(hearing.closed);
  ends->second.reset();
  CHECK(loop.comes_true([&] { return hearing.closed; }));
  CHECK_FALSE(hearing.pipe->send("too late"));
}

TEST_CASE("two ends talk to each other") {
  test::TurnedLoop loop;
  auto ends = net::LinePipe::make_pair();
  REQUIRE(ends);
  Hearing one;
  Hearing two;
  one.pipe = std::make_unique<net::LinePipe>(loop.loop(), std::move(ends->first), one);
  two.pipe = std::make_unique<net::LinePipe>(loop.loop(), std::move(ends->second), two);
  CHECK(one.pipe->send("ready 1"));
  CHECK(two.pipe->send("go"));
  CHECK(loop.comes_true([&] { return one.lines.size() + two.lines.size() == 2; }));
  CHECK(one.lines.front() == "go");
  one.pipe.reset();
  CHECK(loop.comes_true([&] { return two.closed; }));
}

TEST_CASE("a pipe may be destroyed by the line it brings, and closes when that has no end") {
  test::TurnedLoop loop;
  auto ends = net::LinePipe::make_pair();
  REQUIRE(ends);
  Hearing hearing;
  hearing.ends_at = "last";
  hearing.pipe = std::make_unique<net::LinePipe>(loop.loop(), std::move(ends->first), hearing);
  const std::string text = "first\nlast\nnever\n";
  REQUIRE(::send(ends->second.get(), text.data(), text.size(), 0) > 0);
  CHECK(loop.comes_true([&] { return hearing.pipe == nullptr; }));
  CHECK(hearing.lines == std::vector<std::string>{"first", "last"});

  auto others = net::LinePipe::make_pair();
  REQUIRE(others);
  Hearing flooded;
  flooded.pipe = std::make_unique<net::LinePipe>(loop.loop(), std::move(others->first), flooded);
  const std::string endless(2 * net::LinePipe::kLongestLine, 'x');
  REQUIRE(::send(others->second.get(), endless.data(), endless.size(), 0) > 0);
  CHECK(loop.comes_true([&] { return flooded.closed; }));
  CHECK(flooded.lines.empty());
}
