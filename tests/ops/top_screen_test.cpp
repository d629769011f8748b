// What `poise top` shows, for sizes and states of all kinds.
#include "proxy/ops/top_screen.h"

#include <catch2/catch.hpp>

#include "proxy/ops/screen_text.h"

using namespace poise;

namespace {

const auto kPools = ops::Json::parse(R"({"pools":[{"name":"calm","balance":"random","healthy":1,
  "total":1,"backends":[{"name":"c1","state":"up"}]},{"name":"app","balance":"round-robin",
  "healthy":1,"total":2,"backends":[{"name":"b1","state":"up","weight":1},
  {"name":"b2","state":"down","last_transition":{"at":"2026-11-22T14:03:12.5Z","from":"up",
  "to":"down","reason":"probe","evidence":"connection refused"}}]}]})");

ops::Json tick(double rps) {
  return {{"rps", rps},
          {"p99_ms", 12.3},
          {"failures_per_s", {{"connect_refused", 3.0}}},
          {"pools",
           {{{"name", "app"},
             {"healthy", 1},
             {"total", 2},
             {"queue", 0},
             {"backends", {{{"name", "b1"}, {"state", "up"}, {"weight", 1}, {"rps", rps}}}}}}}};
}

ops::TopState busy() {
  ops::TopState state;
  ops::take_status(state, ops::Json::parse(R"({"version":"0.1.0","state":"running"})"));
  ops::take_pools(state, kPools);
  for (int i = 0; i < 100; ++i) ops::take_tick(state, tick(i));
  return state;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines{""};
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return lines;
}

std::string without_colours(std::string text) {
  for (auto at = text.find("\x1b["); at != text.npos; at = text.find("\x1b[")) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  return text;
}

}  // namespace

TEST_CASE("poise top needs no more than its terminal has, down to a few lines") {
  const auto state = busy();
  for (const ops::ScreenSize size : {ops::ScreenSize{80, 24}, {40, 10}, {20, 3}, {200, 60}}) {
    INFO(size.columns << "x" << size.rows);
    const auto lines = lines_of(without_colours(ops::top_screen(state, size, ops::Colours::yes)));
    CHECK(lines.size() <= size.rows);
    for (const auto& line : lines) CHECK(ops::width_of(line) <= std::max(size.columns, 20UL));
  }
}

TEST_CASE("poise top says what is wrong before anything else, and why") {
  const auto lines = lines_of(ops::top_screen(busy(), {120, 24}, ops::Colours::no));
  CHECK(lines[1] == "! app/b2 is down since 14:03:12: probe (connection refused)");
  CHECK(lines[2] == "! 3.0 requests a second fail: connect_refused 3.0/s");
}

TEST_CASE("poise top shows the pool in trouble first, and its broken backend first") {
  const std::string text = ops::top_screen(busy(), {80, 24}, ops::Colours::no);
  CHECK(text.find("pool app") < text.find("pool calm"));
  CHECK(text.find("! b2") < text.find("  b1"));
  CHECK(text.find("99.0") != text.npos);  // what the last tick said lies over the older answer
}

TEST_CASE("a poise that is not heard of any more is named first, until it is") {
  auto state = busy();
  state.lost = "no poise answers";
  CHECK(lines_of(ops::top_screen(state, {80, 24}, ops::Colours::no))[1] ==
        "! no word from poise: no poise answers");
  ops::take_tick(state, tick(1));
  CHECK(state.lost.empty());
}

TEST_CASE("nothing that a name or an error holds commands the terminal") {
  ops::ScreenText screen({80, 0}, false);
  screen.add("evil \x1b]0;title\x07 name\n\x7f");
  CHECK(screen.text() == "evil ?]0;title? name??");
}

TEST_CASE("columns count characters, not bytes") {
  CHECK(ops::padded("zürich", 4) == "züri");
  CHECK(ops::padded("zü", 4) == "zü  ");
  CHECK(ops::right("ü", 3) == "  ü");
}
