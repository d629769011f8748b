// The event stream as its clients see it.
#include "proxy/admin/event_streams.h"

#include <catch2/catch.hpp>

#include "proxy/admin/admin_door.h"
#include "tests/net/turned_loop.h"

using namespace poise;
using namespace poise::admin;

namespace {

struct StreamStage {
  StreamStage()
      : hub(100),
        streams(turned.loop(), hub),
        endpoints{{http::Method::get, "/events", Access::reading,
                   [this](const Request& request, Reply reply) { streams.open(request, reply); }}},
        door(turned.loop(), endpoints, AccessRules({net::Address::parse("127.0.0.1:9900"), ""})) {}
  ~StreamStage() {
    door.close_now();
    turned.settle();
  }

  test::BarePeer& open(const std::string& query = "", const std::string& fields = "") {
    test::Ends ends = test::connected_ends();
    door.admit(std::move(ends.ours), *net::Address::parse("127.0.0.1:1"));
    test::BarePeer& peer = turned.add_peer(std::move(ends.theirs));
    turned.send(peer, "GET /events" + query + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
    return peer;
  }
  void publish(int count) {
    for (int i = 0; i < count; ++i) hub.publish("backend", "{\"n\":" + std::to_string(i) + "}");
    turned.settle();
  }

  test::TurnedLoop turned;
  server::EventHub hub;
  EventStreams streams;
  std::vector<Endpoint> endpoints;
  AdminDoor door;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("events come as server-sent events, each with its number") {
  StreamStage stage;
  test::BarePeer& peer = stage.open();
  CHECK(has(peer.received(), "text/event-stream"));
  stage.publish(1);
  CHECK(has(peer.received(), "id: 100\nevent: backend\ndata: {\"n\":0}\n\n"));
}

TEST_CASE("what is told once has no number in the stream") {
  StreamStage stage;
  test::BarePeer& peer = stage.open();
  stage.hub.tell_once("tick", "{}");
  stage.turned.settle();
  CHECK(has(peer.received(), "event: tick\ndata: {}\n\n"));
  CHECK_FALSE(has(peer.received(), "id:"));
}

TEST_CASE("a client that comes back gets what it missed, once") {
  StreamStage stage;
  stage.publish(3);
  test::BarePeer& browser = stage.open("", "Last-Event-ID: 100\r\n");
  test::BarePeer& page = stage.open("?after=101");
  test::BarePeer& fresh = stage.open();
  CHECK(count_of(browser.received(), "event: backend") == 2);
  CHECK(has(browser.received(), "id: 101\n"));
  CHECK(count_of(page.received(), "event: backend") == 1);
  CHECK(count_of(fresh.received(), "event: backend") == 0);
  stage.publish(1);
  CHECK(count_of(browser.received(), "event: backend") == 3);
}

TEST_CASE("a client is told how many events it has missed for good") {
  StreamStage stage;
  stage.publish(300);
  test::BarePeer& peer = stage.open("?after=110");
  CHECK(has(peer.received(), "event: gap\ndata: {\"missed\":33}\n\n"));
  CHECK(count_of(peer.received(), "event: backend") == server::EventHub::kKept);
}

TEST_CASE("a silent stream has a comment each fifteen seconds") {
  StreamStage stage;
  test::BarePeer& peer = stage.open();
  CHECK_FALSE(has(peer.received(), "\n: "));
  stage.turned.pass_time(EventStreams::kKeepAlive + std::chrono::seconds(1));
  CHECK(has(peer.received(), ": still here\n\n"));
}

TEST_CASE("a client that is gone is forgotten, and the others hear on") {
  StreamStage stage;
  stage.open().close();
  test::BarePeer& peer = stage.open();
  stage.turned.settle();
  stage.publish(1);
  // That it is gone shows in what comes back for something sent to it.
  CHECK(stage.turned.comes_true([&] {
    stage.turned.pass_time(EventStreams::kKeepAlive + std::chrono::seconds(1));
    return stage.streams.count() == 1;
  }));
  CHECK(has(peer.received(), "event: backend"));
}

TEST_CASE("only so many streams are let in") {
  StreamStage stage;
  for (std::size_t i = 0; i < EventStreams::kMost; ++i) stage.open();
  CHECK(has(stage.open().received(), "503"));
}
