#include "proxy/ops/event_text.h"

#include <catch2/catch.hpp>

using namespace poise;
using Events = std::vector<ops::ServerEvent>;

namespace {

Events events_of(const std::string& text, std::size_t piece) {
  ops::EventText parser;
  Events all;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    for (auto& event : parser.take(std::string_view(text).substr(at, piece))) {
      all.push_back(std::move(event));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a stream of events is parted alike, however its bytes are cut and its lines end") {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string text = ":hello" + end + "id: 7" + end + "event: tick" + end + "data: {" +
                             end + "data:}" + end + end + "data: x" + end + end + "event: none" +
                             end + end;
    const Events wanted{{"tick", "{\n}", "7"}, {"message", "x", "7"}};
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      INFO(piece);
      CHECK(events_of(text, piece) == wanted);
    }
  }
}

TEST_CASE("an event that is too large is dropped, and the next one is heard") {
  const std::string large(ops::EventText::kMostBytes + 10, 'x');
  CHECK(events_of("data: " + large + "\n\ndata: ok\n\n", 1 << 16) == Events{{"message", "ok", ""}});
}
