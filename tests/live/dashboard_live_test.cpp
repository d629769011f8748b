// The dashboard of a running poise in a real browser, and `poise top` in a real terminal. What is
// looked at stands in dashboard/check.mjs.
#include <catch2/catch.hpp>

#include "tests/support/live_poise.h"
#include "tests/support/proxied_backend.h"

using namespace poise::support;
using Arguments = std::vector<std::string>;

namespace {

const std::string kToken = "a-token";

struct Said {
  int exit_code;
  std::string text;
};

Said run(const Arguments& command, Milliseconds limit = Milliseconds(10000)) {
  ChildProcess process(command);
  const int exit_code = process.wait_for_exit(Deadline(limit)).value_or(-1);
  if (exit_code == -1) return {-1, process.standard_output().text()};
  process.standard_output().wait_for_end();
  process.standard_error().wait_for_end();
  return {exit_code, process.standard_output().text() + process.standard_error().text()};
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

// Two backends that serve and one that refuses, found out by a probe.
struct WatchedPoise {
  WatchedPoise() {
    for (int i = 0; i < 30; ++i) {
      RawClient client(poise.port());
      REQUIRE(client.ask(request_text("GET /a")).is_complete());
    }
    // One that fails, for the flight recorder.
    RawClient client(poise.port());
    REQUIRE(client.ask(request_text("GET /dead")).status() == 502);
  }

  std::string yaml() const {
    const std::string refused = "address: \"" + dead.address() + "\" }";
    return "workers: 1\nadmin: { bind: \"127.0.0.1:0\", token: " + kToken +
           " }\nlisteners:\n  - name: web\n    bind: 127.0.0.1:0\n    routes:\n"
           "      - { match: { path: /dead }, pool: dead }\n      - pool: app\n"
           "pools:\n  app:\n    backends:\n      - { name: b1, address: \"" +
           one.address() + "\" }\n      - { name: b2, " + refused +
           "\n      - { name: b3, address: \"" + two.address() +
           "\" }\n    health: { active: { type: tcp, interval: 100ms, fall: 2 } }\n"
           "  dead:\n    backends: [{ name: d1, " +
           refused + "]\n    health: { passive: { consecutive_failures: 0 } }\n";
  }
  std::string admin() {
    const auto line = poise.process().standard_error().wait_for_line("admin at ");
    REQUIRE(line);
    return line->substr(line->find("http://"));
  }

  RecordingBackend one;
  RecordingBackend two;
  RefusingPort dead;
  LivePoise poise{yaml()};
};

}  // namespace

TEST_CASE("the dashboard shows in a browser which backend is down and why, and drains another") {
  WatchedPoise scene;
  const auto seen = run({"node", POISE_SOURCE_DIR "/tests/live/dashboard/check.mjs", scene.admin(),
                         kToken, "app/b2", "app/b1"},
                        Milliseconds(120000));
  INFO(seen.text);
  CHECK(seen.exit_code == 0);
}

TEST_CASE("poise status says first which backend is down, and why") {
  WatchedPoise scene;
  Said said;
  CHECK(comes_true([&] {
    said = run({poise_binary(), "status", "--admin", scene.admin()});
    return has(said.text, "! app/b2 is down since ");
  }));
  INFO(said.text);
  CHECK(said.exit_code == 0);
  CHECK(has(said.text, "refused"));
  CHECK(has(said.text, "pool app: 2 of 3 serve"));
}

TEST_CASE("poise top prints one snapshot where there is no terminal") {
  WatchedPoise scene;
  const auto said = run({poise_binary(), "top", "--admin", scene.admin()});
  INFO(said.text);
  CHECK(said.exit_code == 0);
  CHECK(has(said.text, "pool app  "));
  CHECK_FALSE(has(said.text, "\x1b["));
}

TEST_CASE("poise top fills a terminal of its own until q is pressed, and gives it back") {
  WatchedPoise scene;
  const std::string command = "stty cols 80 rows 24; '" + poise_binary() + "' top --admin " +
                              scene.admin() + "; echo ended with $?; stty -a";
  const auto said = run({"sh", "-c", "printf q | script -qec \"$0\" /dev/null", command});
  INFO(said.text);
  CHECK(has(said.text, "\x1b[?1049h"));
  CHECK(has(said.text, "\x1b[?1049l"));
  CHECK(has(said.text, "ended with 0"));
  CHECK(has(said.text, " icanon"));
}

TEST_CASE("poise drain takes a backend out of service, undrain puts it back, weight changes it") {
  WatchedPoise scene;
  const auto change = [&](Arguments words) {
    words.insert(words.begin(), poise_binary());
    words.insert(words.end(), {"--admin", scene.admin(), "--token", kToken});
    return run(words);
  };
  const auto drained = change({"drain", "app/b1", "--deadline", "5s", "--wait"});
  INFO(drained.text);
  CHECK(drained.exit_code == 0);
  CHECK(has(drained.text, "draining"));
  CHECK(has(change({"undrain", "app/b1"}).text, "): up, weight 1"));
  CHECK(has(change({"weight", "app/b1", "7"}).text, "weight 7"));
  CHECK(change({"drain", "app/none"}).exit_code == 1);
  CHECK(run({poise_binary(), "drain", "app/b1", "--admin", scene.admin()}).exit_code == 1);
}
