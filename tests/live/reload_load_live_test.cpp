// Reloads while requests come: none fails, and nothing is left behind.
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

// Clients that ask without a pause on threads of their own until they are stopped, half of them on
// one connection and half of them on a new one for each request.
class Load {
 public:
  explicit Load(std::uint16_t port) {
    for (int i = 0; i < 4; ++i) {
      threads_.emplace_back([this, port, keeps = i % 2 == 0] { keeps ? keep(port) : renew(port); });
    }
  }
  ~Load() { stop(); }

  void stop() {
    stopped_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }
  std::size_t answered() const { return answered_; }
  std::string faults() {
    const std::lock_guard lock(mutex_);
    return faults_;
  }

 private:
  // Whether the connection serves another request.
  bool ask(RawClient& client) {
    const Answer answer = client.ask(get_text("load"));
    if (answer.status() == 200) {
      ++answered_;
      return !answer.message.lists("Connection", "close");
    }
    const std::lock_guard lock(mutex_);
    faults_ += describe(answer) + "\n";
    return false;
  }
  void keep(std::uint16_t port) {
    while (!stopped_ && faults().empty()) {
      RawClient client(port);
      while (ask(client) && !stopped_) {
      }
    }
  }
  void renew(std::uint16_t port) {
    while (!stopped_ && faults().empty()) {
      RawClient client(port);
      (void)ask(client);
    }
  }

  std::atomic<bool> stopped_{false};
  std::atomic<std::size_t> answered_{0};
  std::mutex mutex_;
  std::string faults_;
  std::vector<std::thread> threads_;
};

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
  Load load(poise.port());
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
  Load load(poise.port());
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
