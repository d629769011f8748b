// Reloads while requests come: none fails, and nothing is left behind.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/proxied_backend.h"
#include "tests/support/request_load.h"

using namespace poise::support;

namespace {

struct Backends {
  RecordingBackend one, two, three;

  std::string config(bool odd) const {
    const std::string extra =
        "  - name: extra\n    bind: 127.0.0.1:0\n    pool: app\n    limits: { headers: 50 }\n";
    const std::string routes =
        "    routes:\n      - match: { path: /api }\n        pool: other\n      - pool: app\n";
    return std::string("listeners:\n  - name: web\n    bind: 127.0.0.1:0\n") +
           (odd ? routes + extra : "    pool: app\n") + "pools:\n  app:\n    backends: [\"" +
           one.address() + "\", {address: \"" + (odd ? two : three).address() +
           "\", weight: " + (odd ? "2" : "5") + "}]\n" +
           (odd ? "  other:\n    backends: [\"" + three.address() + "\"]\n" : "");
  }
};

std::size_t open_files(LivePoise& poise) {
  const auto folder = "/proc/" + std::to_string(poise.process().pid()) + "/fd";
  const std::filesystem::directory_iterator files(folder);
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::size_t resident_kilobytes(LivePoise& poise) {
  std::ifstream status("/proc/" + std::to_string(poise.process().pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  }
  return 0;
}

void reload_often(LivePoise& poise, const Backends& backends, int times) {
  for (int i = 0; i < times; ++i) {
    const std::string line = poise.reload("workers: 2\n" + backends.config(i % 2 == 0));
    if (line.find("reloaded") == line.npos) FAIL(line);
  }
}

}  // namespace

TEST_CASE("no request fails while two configurations take turns") {
  Backends backends;
  LivePoise poise("workers: 2\n" + backends.config(false));
  RequestLoad load(poise.port());
  reload_often(poise, backends, 200);
  load.stop();
  CHECK(load.faults() == "");
  CHECK(load.answered() > 200);
}

TEST_CASE("no request fails while workers are added, and they go when they are not wanted") {
  Backends backends;
  LivePoise poise("workers: 1\n" + backends.config(false));
  const auto reload_with = [&](const std::string& workers) {
    const std::string line = poise.reload("workers: " + workers + "\n" + backends.config(false));
    INFO(line);
    CHECK(line.find("with " + workers + " workers") != line.npos);
  };
  RequestLoad load(poise.port());
  for (const char* workers : {"2", "3", "4"}) reload_with(workers);
  load.stop();
  CHECK(load.faults() == "");
  for (const char* workers : {"1", "3", "2"}) {
    reload_with(workers);
    for (int i = 0; i < 20; ++i) {
      CHECK(RawClient(poise.port()).ask(get_text("1")).status() == 200);
    }
  }
}

TEST_CASE("no client that is about to connect is reset while workers go and come") {
  Backends backends;
  LivePoise poise("workers: 4\n" + backends.config(false));
  RequestLoad load(poise.port(), RequestLoad::Clients::new_only);
  for (int i = 0; i < 30 && load.faults().empty(); ++i) {
    const std::string workers = i % 2 == 0 ? "1" : "4";
    const std::string line = poise.reload("workers: " + workers + "\n" + backends.config(false));
    INFO(line);
    CHECK(line.find("with " + workers + " workers") != line.npos);
    load.wait_for(20);
  }
  load.stop();
  CHECK(load.faults() == "");
  CHECK(load.answered() > 200);
}

TEST_CASE("reloads leave no files open, and no memory behind") {
  Backends backends;
  LivePoise poise("workers: 2\n" + backends.config(false));
  reload_often(poise, backends, 20);
  CHECK(RawClient(poise.port()).ask(get_text("1")).status() == 200);
  const std::size_t files = open_files(poise);
  const std::size_t memory = resident_kilobytes(poise);
  reload_often(poise, backends, 100);
  CHECK(RawClient(poise.port()).ask(get_text("2")).status() == 200);
  // Either worker may have warm connections now.
  CHECK(comes_true([&] { return open_files(poise) < files + 10; }));
  if (time_scale() == 1) CHECK(resident_kilobytes(poise) < memory + memory / 10);
}
