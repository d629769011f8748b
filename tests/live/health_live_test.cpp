// Backends that fall ill and recover before a running poise: who is taken out, how soon, who is
// spared, and what the log says of it.
#include <signal.h>

#include <catch2/catch.hpp>
#include <set>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

enum class Mood { well, status_500, garbage, silent, slow };

// A backend whose answers change with its mood, to probes and to traffic alike.
class MoodyBackend {
 public:
  MoodyBackend()
      : backend_({[this](const StrictMessage& request) { return answer(request); }, {}, {}, {}}) {}

  std::string address() const { return backend_.address(); }
  RecordingBackend& recording() { return backend_; }
  std::size_t probes() const { return probes_; }
  std::size_t requests() const { return requests_; }

  std::atomic<Mood> mood{Mood::well};
  std::atomic<int> slowness{300};  // milliseconds
  std::atomic<bool> every_second{false};

 private:
  Reply answer(const StrictMessage& request) {
    const bool is_probe = request.target == "/healthz";
    const std::size_t number = ++(is_probe ? probes_ : requests_);
    Mood now = mood;
    if (every_second && number % 2 == 0) now = Mood::well;
    if (now == Mood::status_500) return {{kRefusal}, AfterReply::keep, {}};
    if (now == Mood::garbage) return {{"not what you expect\r\n\r\n"}, AfterReply::close, {}};
    if (now == Mood::silent) return {{}, AfterReply::stall, {}};
    Reply reply = is_probe ? plain_reply("ok") : plain_reply(address());
    if (now == Mood::slow) {
      const int pause = slowness;
      reply.before_piece = [pause](std::size_t) {
        std::this_thread::sleep_for(Milliseconds(pause));
      };
    }
    return reply;
  }

  static constexpr const char* kRefusal = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n";
  std::atomic<std::size_t> probes_{0};
  std::atomic<std::size_t> requests_{0};
  RecordingBackend backend_;
};

std::string health(const std::string& active, const std::string& passive) {
  return "    health:\n      active: " + active + "\n      passive: " + passive + "\n";
}

const std::string kProbes = "{ interval: 50ms, timeout: 2s, rise: 2, fall: 2, max_latency: 150ms }";

std::optional<std::string> logged(LivePoise& poise, const std::string& part, std::size_t nth = 0) {
  return poise.process().standard_error().wait_for_line(part, nth, Deadline(kPatience * 4));
}

// Who answered so many requests, by the body; "500" and the like for other answers.
std::multiset<std::string> ask(LivePoise& poise, int count) {
  RawClient client(poise.port());
  std::multiset<std::string> answers;
  for (int i = 0; i < count; ++i) {
    const Answer answer = client.ask(get_text(std::to_string(i)));
    answers.insert(answer.status() == 200 ? answer.message.body : std::to_string(answer.status()));
    if (!answer.is_complete()) client = RawClient(poise.port());
  }
  return answers;
}

}  // namespace

TEST_CASE("probes take an ill backend out, and bring it back when it is well") {
  const auto [mood, says] =
      GENERATE(table<Mood, std::string>({{Mood::status_500, "got 500, wanted 200-299"},
                                         {Mood::garbage, "status line"},
                                         {Mood::slow, "where 150 ms are allowed"}}));
  CAPTURE(says);
  MoodyBackend ill;
  MoodyBackend well;
  LivePoise poise(simple_config({ill.address(), well.address()}, health(kProbes, "off")));
  CHECK(ask(poise, 10).count(ill.address()) == 5);
  ill.mood = mood;
  const auto line = logged(poise, "backend app/" + ill.address() + " down: http probe ");
  REQUIRE(line);
  INFO(*line);
  if (mood != Mood::garbage) CHECK(line->find(says) != std::string::npos);
  CHECK(line->find("(2 of 2 failed, last took ") != std::string::npos);
  CHECK(ask(poise, 20).count(well.address()) == 20);
  ill.mood = Mood::well;
  REQUIRE(logged(poise, "backend app/" + ill.address() + " up: http probe got 200 (2 of 2 passed"));
  CHECK(ask(poise, 20).count(ill.address()) == 10);
}

TEST_CASE("a backend that is gone, and one that accepts but never answers, are taken out") {
  const bool gone = GENERATE(true, false);
  MoodyBackend ill;
  MoodyBackend well;
  LivePoise poise(
      simple_config({ill.address(), well.address()},
                    health("{ interval: 50ms, timeout: 100ms, rise: 1, fall: 2 }", "off")));
  if (gone) {
    ill.recording().go_down();
  } else {
    ill.mood = Mood::silent;
  }
  const auto line = logged(poise, "backend app/" + ill.address() + " down: ");
  REQUIRE(line);
  CHECK(line->find(gone ? "could not connect: Connection refused" : "waited 100 ms for the head") !=
        std::string::npos);
  CHECK(ask(poise, 20).count(well.address()) == 20);
  ill.mood = Mood::well;
  if (gone) ill.recording().come_back();
  REQUIRE(logged(poise, "backend app/" + ill.address() + " up: "));
  CHECK(ask(poise, 20).count(ill.address()) == 10);
}

TEST_CASE("a frozen process is taken out and comes back when it runs again") {
  LivePoise frozen(
      "workers: 1\nlisteners:\n  - bind: 127.0.0.1:0\n    routes:\n"
      "      - respond: { body: frozen }\n");
  MoodyBackend well;
  const std::string address = "127.0.0.1:" + std::to_string(frozen.port());
  LivePoise poise(
      simple_config({address, well.address()},
                    health("{ interval: 50ms, timeout: 200ms, rise: 1, fall: 2 }", "off")));
  CHECK(ask(poise, 10).count("frozen") == 5);
  frozen.process().signal(SIGSTOP);
  CHECK(logged(poise, "backend app/" + address + " down: http probe waited 200 ms"));
  CHECK(ask(poise, 20).count(well.address()) == 20);
  frozen.process().signal(SIGCONT);
  CHECK(logged(poise, "backend app/" + address + " up: "));
  CHECK(ask(poise, 20).count("frozen") == 10);
}

TEST_CASE("a backend that fails every other probe stays where it is") {
  MoodyBackend shaky;
  MoodyBackend well;
  LivePoise poise(simple_config({shaky.address(), well.address()},
                                health("{ interval: 20ms, rise: 2, fall: 3 }", "off")));
  shaky.every_second = true;
  shaky.mood = Mood::status_500;
  const std::size_t before = shaky.probes();
  CHECK(comes_true([&] { return shaky.probes() > before + 40; }));
  CHECK(poise.process().standard_error().text().find(" down: ") == std::string::npos);
}

TEST_CASE("probes are made once for the process, not once for each worker") {
  MoodyBackend backend;
  std::string config =
      simple_config({backend.address()}, health("{ interval: 100ms, jitter: 0% }", "off"));
  config.replace(config.find("workers: 1"), 10, "workers: 4");
  LivePoise poise(config);
  CHECK(comes_true([&] { return backend.probes() >= 3; }));
  const auto began = std::chrono::steady_clock::now();
  const std::size_t before = backend.probes();
  CHECK(comes_true([&] { return backend.probes() >= before + 10; }));
  CHECK(std::chrono::steady_clock::now() - began > Milliseconds(800));
}

TEST_CASE("503 with Retry-After when no backend is fit") {
  MoodyBackend one;
  one.mood = Mood::status_500;
  LivePoise poise(
      simple_config({one.address()}, health("{ interval: 20ms, initial: down }", "off")));
  REQUIRE(logged(poise, "backend app/" + one.address() + " down: http probe got 500"));
  RawClient client(poise.port());
  const Answer answer = client.ask(get_text("x"));
  CHECK(answer.status() == 503);
  CHECK(answer.message.value("Retry-After") == "1");
  CHECK(answer.message.value("Proxy-Status").find("all_unhealthy") != std::string::npos);
  CHECK(one.requests() == 0);
  one.mood = Mood::well;
  REQUIRE(logged(poise, " up: http probe got 200"));
  CHECK(client.ask(get_text("y")).status() == 200);
}

TEST_CASE("a backend that answers 500 to traffic is ejected, tried again, and trusted again") {
  MoodyBackend ill;
  MoodyBackend well;
  LivePoise poise(simple_config({ill.address(), well.address()},
                                health("off", "{ window: 500ms, eject: 500ms }")));
  ill.mood = Mood::status_500;
  CHECK(ask(poise, 10).count("500") == 5);
  const std::string name = "backend app/" + ill.address();
  REQUIRE(logged(poise, name + " ejected for 500 ms: 5 failures in a row (5 are too many)"));
  CHECK(ask(poise, 20).count(well.address()) == 20);
  REQUIRE(logged(poise, name + " back on probation: after "));
  CHECK(ask(poise, 30).count("500") >= 1);
  REQUIRE(logged(poise, name + " ejected for 1 s: failed on probation"));
  ill.mood = Mood::well;
  REQUIRE(logged(poise, name + " back on probation: ", 1));
  CHECK(ask(poise, 30).count("500") == 0);
  CHECK(logged(poise, name + " back in service: "));
}

TEST_CASE("no more than the allowed share is ejected, and the log says who is spared") {
  std::list<MoodyBackend> backends(4);
  std::vector<std::string> addresses;
  for (MoodyBackend& backend : backends) {
    backend.mood = Mood::status_500;
    addresses.push_back(backend.address());
  }
  LivePoise poise(simple_config(addresses, health("off", "{ max_ejected: 50% }")));
  CHECK(ask(poise, 60).count("500") == 60);
  CHECK(logged(poise, " ejected for 30 s: ", 1));
  CHECK(logged(poise, "; 2 of 4 are ejected already", 1));
  CHECK(poise.process().standard_error().text().find(" not ejected: ") != std::string::npos);
}

TEST_CASE("the only backend of a pool goes on being asked, whatever it does") {
  MoodyBackend ill;
  LivePoise poise(simple_config({ill.address()}));
  ill.mood = Mood::status_500;
  CHECK(ask(poise, 12).count("500") == 12);
  CHECK(logged(poise, "it is the last fit one"));
  ill.mood = Mood::well;
  CHECK(ask(poise, 3).count(ill.address()) == 3);
}

TEST_CASE("a backend many times slower than the others is ejected within ten seconds") {
  std::list<MoodyBackend> backends(4);
  std::vector<std::string> addresses;
  for (MoodyBackend& backend : backends) {
    backend.mood = Mood::slow;
    backend.slowness = 5;
    addresses.push_back(backend.address());
  }
  backends.back().slowness = 50;
  LivePoise poise(simple_config(addresses, health("off", "{ latency_factor: 4 }")));
  std::atomic<bool> may_stop{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      while (!may_stop) (void)ask(poise, 20);
    });
  }
  const auto line = poise.process().standard_error().wait_for_line(
      " ejected for 30 s: median wait ", 0, Deadline(Milliseconds(10'000)));
  may_stop = true;
  for (std::thread& client : clients) client.join();
  REQUIRE(line);
  INFO(*line);
  CHECK(line->find("backend app/" + addresses.back() + " ejected") != std::string::npos);
  CHECK(line->find(" times the ") != std::string::npos);
  CHECK(ask(poise, 20).count(addresses.back()) == 0);
}

TEST_CASE("in TCP mode a backend that refuses connections is ejected") {
  RefusingPort nobody;
  RecordingBackend backend;
  LivePoise poise(simple_config({nobody.address(), backend.address()}, "", "    protocol: tcp\n"));
  const auto session = [&] { return RawClient(poise.port()).ask(get_text("x")).status(); };
  for (int i = 0; i < 12; ++i) CHECK(session() == 200);
  CHECK(logged(poise, "backend app/" + nobody.address() + " ejected for 30 s: "));
}
