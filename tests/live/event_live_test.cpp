// What an operator sees live: events as they happen, and what the flight recorder tells of requests
// that have just failed.
#include <catch2/catch.hpp>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "tests/support/admin_client.h"
#include "tests/support/proxied_backend.h"

using namespace poise::support;
using nlohmann::json;

namespace {

const std::string kAdmin = "admin: { bind: 127.0.0.1:0 }\n";

// Keeps reading the event stream.
class EventReader {
 public:
  explicit EventReader(std::uint16_t port, const std::string& query = "") : client_(port) {
    client_.send("GET /api/v1/events" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(sees("retry: "));
  }

  bool sees(const std::string& text) {
    const Deadline deadline;
    while (text_.find(text) == text_.npos) {
      if (client_.socket().read_some(text_, deadline) != ReadEnd::data) return false;
    }
    return true;
  }
  // The data of the first event of that name.
  json data_of(const std::string& name) {
    const std::string mark = "event: " + name + "\ndata: ";
    if (!sees(mark)) return nullptr;
    const std::size_t at = text_.find(mark) + mark.size();
    const Deadline deadline;
    while (text_.find('\n', at) == text_.npos) {
      if (client_.socket().read_some(text_, deadline) != ReadEnd::data) return nullptr;
    }
    return json::parse(text_.substr(at, text_.find('\n', at) - at));
  }

 private:
  RawClient client_;
  std::string text_;
};

}  // namespace

TEST_CASE("a backend that goes down is an event with its evidence") {
  RecordingBackend backend;
  LivePoise poise(simple_config({backend.address()},
                                "    health: { active: { type: tcp, interval: 50ms, fall: 2 } }\n",
                                "", kAdmin));
  const AdminClient admin(poise);
  EventReader reader(admin.port());
  backend.go_down();
  const json event = reader.data_of("backend");
  CHECK(event["pool"] == "app");
  CHECK(event["backend"] == backend.address());
  CHECK(event["from"] == "up");
  CHECK(event["to"] == "down");
  CHECK(event["reason"] == "probe");
  CHECK(event["evidence"].get<std::string>().find("refused") != std::string::npos);
}

TEST_CASE("a reload is an event, and so is one that is refused") {
  RecordingBackend backend;
  const std::string good = simple_config({backend.address()}, "", "", kAdmin);
  LivePoise poise(good);
  const AdminClient admin(poise);
  EventReader reader(admin.port());
  poise.reload(simple_config({backend.address(), "127.0.0.1:1"}, "", "", kAdmin));
  const json done = reader.data_of("reload");
  CHECK(done["ok"] == true);
  CHECK(done["generation"] == 2);
  CHECK(done["changes"][0] == "backend '127.0.0.1:1' of pool 'app' added");
  poise.reload("listeners: 5\n");
  CHECK(reader.sees("\"ok\":false"));
  EventReader late(admin.port(), "?after=0");
  CHECK(late.sees("\"ok\":false"));
}

TEST_CASE("the flight recorder tells of a retried request whom it asked, and why not the other") {
  RecordingBackend backend;
  RefusingPort nobody;
  LivePoise poise(simple_config({nobody.address(), backend.address()},
                                "    balance: least-connections\n", "", kAdmin));
  const AdminClient admin(poise);
  RawClient client(poise.port());
  for (int i = 0; i < 4; ++i) CHECK(client.ask(get_text("x")).status() == 200);
  const json slow = admin.get_json("/api/v1/failures?cause=slow&backend=" + nobody.address());
  REQUIRE_FALSE(slow["failures"].empty());
  const json& record = slow["failures"][0];
  CHECK(record["kind"] == "slow");
  CHECK(record["status"] == 200);
  CHECK(record["backend"] == backend.address());
  REQUIRE(record["attempts"].size() == 2);
  const json& first = record["attempts"][0];
  CHECK(first["outcome"] == "connect_refused");
  CHECK(first["candidates_seen"] == "at_failure");
  const json& second = record["attempts"][1];
  CHECK(second["outcome"] == "ok");
  CHECK(second["candidates_seen"] == "before_pick");
  REQUIRE(second["candidates"].size() == 2);
  CHECK(second["candidates"][0]["name"] == backend.address());
  CHECK(second["candidates"][0]["chosen"] == true);
  CHECK(second["candidates"][0]["score"].is_number());
  CHECK(second["candidates"][1]["name"] == nobody.address());
  std::string steps;
  for (const json& step : record["timeline"]) steps += step["what"].get<std::string>() + " ";
  CHECK(steps.find("head pick connect failed retry pick ") != std::string::npos);
  CHECK(steps.find("first_byte end ") != std::string::npos);
}

TEST_CASE("a failed session of TCP is recorded, too") {
  RefusingPort nobody;
  LivePoise poise(kAdmin + "workers: 2\nlisteners:\n  - bind: 127.0.0.1:0\n    protocol: tcp\n" +
                  "    pool: app\npools:\n  app:\n    backends: [\"" + nobody.address() +
                  "\"]\n    retry: { attempts: 1, backoff: 1ms }\n");
  const AdminClient admin(poise);
  CHECK(RawClient(poise.port()).is_closed_by_peer());
  json found;
  CHECK(comes_true([&] {
    found = admin.get_json("/api/v1/failures?cause=connect_refused");
    return !found["failures"].empty();
  }));
  const json& record = found["failures"][0];
  CHECK(record["proto"] == "tcp");
  CHECK(record["phase"] == "connect");
  CHECK(record["errno"] == ECONNREFUSED);
  CHECK(record["attempts"].size() == 2);
  CHECK(record["timeline"].front()["what"] == "accept");
}

TEST_CASE("the flight recorder says what is wrong with a question") {
  RecordingBackend backend;
  LivePoise poise(simple_config({backend.address()}, "", "", kAdmin));
  const AdminClient admin(poise);
  CHECK(admin.get("/api/v1/failures?cause=bad_luck").status() == 400);
  CHECK(admin.get("/api/v1/failures?limit=0").status() == 400);
  CHECK(admin.get("/api/v1/failures?limit=ten").status() == 400);
  CHECK(admin.get_json("/api/v1/failures")["failures"].is_array());
}
