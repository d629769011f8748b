// Who hears of which event, what is kept, and how events read.
#include "proxy/server/event_hub.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <vector>

#include "proxy/server/event_texts.h"

using namespace poise;
using namespace poise::server;
using nlohmann::json;

namespace {

class Listener final : public EventReader {
 public:
  void on_event(const Event& event) noexcept override {
    events.push_back(event);
    if (leaves_at_first) unlink();
  }
  std::vector<std::uint64_t> ids() const {
    std::vector<std::uint64_t> all;
    for (const Event& event : events) all.push_back(event.id);
    return all;
  }

  std::vector<Event> events;
  bool leaves_at_first = false;
};

void publish(EventHub& hub, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) hub.publish("backend", std::to_string(i));
}

const base::WallTime kNoon{std::chrono::milliseconds(1'795'348'800'123)};

}  // namespace

TEST_CASE("an event goes to everyone who reads at that moment, in order") {
  EventHub hub;
  Listener early;
  Listener late;
  hub.join(early);
  publish(hub, 2);
  hub.join(late);
  publish(hub, 1);
  CHECK(early.ids() == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(late.ids() == std::vector<std::uint64_t>{3});
}

TEST_CASE("a reader that is gone hears nothing more, and may go while it is told") {
  EventHub hub;
  Listener leaving;
  Listener staying;
  leaving.leaves_at_first = true;
  {
    Listener gone;
    hub.join(gone);
    hub.join(leaving);
    hub.join(staying);
  }
  publish(hub, 3);
  CHECK(leaving.events.size() == 1);
  CHECK(staying.events.size() == 3);
  CHECK(hub.has_readers());
  staying.unlink();
  CHECK_FALSE(hub.has_readers());
}

TEST_CASE("who comes back is told what it missed, and only that") {
  EventHub hub(100);
  publish(hub, 5);
  Listener back;
  hub.repeat_after(102, back);
  CHECK(hub.missed_after(102) == 0);
  CHECK(back.ids() == std::vector<std::uint64_t>{103, 104});
}

TEST_CASE("who saw everything, or comes from a later process, is told nothing") {
  EventHub hub(100);
  publish(hub, 5);
  Listener back;
  hub.repeat_after(104, back);
  CHECK(hub.missed_after(104) == 0);
  hub.repeat_after(5'000, back);
  CHECK(hub.missed_after(5'000) == 0);
  CHECK(back.events.empty());
}

TEST_CASE("who comes from the process before is told everything, and misses nothing of this one") {
  EventHub hub(100);
  publish(hub, 5);
  Listener back;
  hub.repeat_after(17, back);
  CHECK(hub.missed_after(17) == 0);
  CHECK(back.ids().size() == 5);
}

TEST_CASE("256 events are kept, and it is told how many are not any more") {
  EventHub hub;
  publish(hub, EventHub::kKept + 10);
  Listener back;
  hub.repeat_after(4, back);
  CHECK(hub.missed_after(4) == 6);
  REQUIRE(back.events.size() == EventHub::kKept);
  CHECK(back.events.front().id == 11);
  CHECK(back.events.back().id == EventHub::kKept + 10);
}

TEST_CASE("what is told once has no number and is not kept") {
  EventHub hub;
  Listener present;
  hub.join(present);
  hub.tell_once("tick", "{}");
  publish(hub, 1);
  Listener back;
  hub.repeat_after(0, back);
  CHECK(present.ids() == std::vector<std::uint64_t>{0, 1});
  CHECK(back.ids() == std::vector<std::uint64_t>{1});
}

TEST_CASE("a transition reads as who, from what to what, by which rule and evidence") {
  const json event = json::parse(backend_event({.pool = "app",
                                                .backend = "b\"1",
                                                .from = "in_service",
                                                .to = health::Turn::ejected,
                                                .reason = "consecutive_failures",
                                                .evidence = "5 failures in a row"},
                                               kNoon));
  CHECK(event["at"] == "2026-11-22T12:00:00.123Z");
  CHECK(event["pool"] == "app");
  CHECK(event["backend"] == "b\"1");
  CHECK(event["from"] == "in_service");
  CHECK(event["to"] == "ejected");
  CHECK(event["reason"] == "consecutive_failures");
  CHECK(event["evidence"] == "5 failures in a row");
}

TEST_CASE("a reload reads with what it changed, a refused one with its errors") {
  const auto changes = lines_of({{conf::Change::Kind::added, "backend", "'b' of pool 'app'"},
                                 {conf::Change::Kind::removed, "pool", "'old'"},
                                 {conf::Change::Kind::changed, "setting", "'log'"}});
  const json good = json::parse(reload_event(
      {.generation = 7, .took = std::chrono::microseconds(1500), .changes = changes}, kNoon));
  CHECK(good["ok"] == true);
  CHECK(good["generation"] == 7);
  CHECK(good["took_ms"] == 1.5);
  CHECK(good["changes"] ==
        json{"backend 'b' of pool 'app' added", "pool 'old' removed", "setting 'log' changed"});
  CHECK(good["errors"].empty());
  const json bad = json::parse(reload_event({.ok = false, .errors = {"a\xff.yaml:1"}}, kNoon));
  CHECK(bad["ok"] == false);
  CHECK(bad["errors"][0] == "a\xEF\xBF\xBD.yaml:1");
}

TEST_CASE("a drain reads with what is left to end") {
  const json event = json::parse(drain_event(
      {.pool = "app", .backend = "b1", .what = "began", .streams = 3, .sessions = 2}, kNoon));
  CHECK(event["backend"] == "b1");
  CHECK(event["what"] == "began");
  CHECK(event["streams"] == 3);
  CHECK(event["sessions"] == 2);
}
