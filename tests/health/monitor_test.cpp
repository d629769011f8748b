// The whole of health but the sockets: probes that answer as the test says, backends whose traffic
// the test counts, a real loop for the time.
#include "health/monitor.h"

#include <time.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <map>

using namespace std::chrono_literals;
using namespace poise;
using namespace poise::health;

namespace {

struct World {
  std::map<std::string, Finding> findings;  // by address; passed when not named
  std::map<std::string, int> asked;
  std::size_t under_way = 0;
  std::size_t most_under_way = 0;
  bool answers = true;
};

class FakeProbe final : public Probe, private net::Task {
 public:
  FakeProbe(World& world, net::Loop& loop, std::string address, ProbeEvents& events)
      : world_(world), loop_(loop), address_(std::move(address)), events_(events) {
    world_.most_under_way = std::max(world_.most_under_way, ++world_.under_way);
  }
  ~FakeProbe() override { --world_.under_way; }
  void start() override {
    ++world_.asked[address_];
    if (world_.answers) loop_.schedule(*this);
  }
  std::string_view waits_for() const override { return "nothing"; }

 private:
  void run() override {
    const auto found = world_.findings.find(address_);
    const Finding finding = found == world_.findings.end() ? Finding::passed : found->second;
    events_.on_answer(finding, finding == Finding::passed ? "is well" : "is ill");
  }

  World& world_;
  net::Loop& loop_;
  std::string address_;
  ProbeEvents& events_;
};

class FakePlan final : public ProbePlan {
 public:
  explicit FakePlan(World& world) : world_(world) {}
  std::string_view kind() const override { return "fake"; }
  std::string settings() const override { return {}; }
  std::unique_ptr<Probe> probe(net::Loop& loop, const ProbeTarget& target,
                               ProbeEvents& events) const override {
    return std::make_unique<FakeProbe>(world_, loop, target.address.text(), events);
  }

 private:
  World& world_;
};

struct FakeSubject final : Subject {
  void set_fitness(Fitness now) override { fitness = now; }
  bool is_draining() const override { return false; }
  void set_failure_limit(std::uint32_t now) override { limit = now; }
  std::uint32_t failures_in_a_row() const override { return failures; }
  void forget_failures() override { failures = 0; }
  std::uint32_t passed() const override { return counts.passed; }
  TrafficCounts traffic() const override { return counts; }
  HealthCells& cells() override { return counted; }

  std::uint64_t turns(Turn turn) const {
    return counted.transitions[static_cast<std::size_t>(turn)].read();
  }

  Fitness fitness;
  std::uint32_t limit = 0;
  std::uint32_t failures = 0;
  TrafficCounts counts;
  HealthCells counted;
};

class Scene final : private Events {
 public:
  explicit Scene(std::size_t backends) {
    pool.name = "app";
    active().probe = std::make_shared<FakePlan>(world);
    active().interval = 20ms;
    for (std::size_t i = 0; i < backends; ++i) add("b" + std::to_string(i));
  }
  ~Scene() {
    monitor.reset();
    turn();
  }
  ActiveConfig& active() { return pool.config.active; }
  void add(const std::string& name) {
    subjects.push_back(std::make_shared<FakeSubject>());
    const auto port = std::to_string(9000 + pool.backends.size());
    pool.backends.push_back(
        {name, *net::Address::parse("127.0.0.1:" + port), true, subjects.back()});
  }
  void start() {
    monitor = std::make_unique<Monitor>(loop, static_cast<Events&>(*this), 1);
    apply();
  }
  void apply() {
    loop.read_now();
    monitor->apply({pool});
  }
  std::string address(std::size_t i) const { return pool.backends[i].address.text(); }
  void turn() {
    loop.begin_callback();
    uv_run(loop.uv(), UV_RUN_NOWAIT);
    loop.end_callback();
  }
  bool comes_true(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    const timespec pause{0, 1'000'000};
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      turn();
      (void)::nanosleep(&pause, nullptr);
    }
    return true;
  }
  bool lasts(base::Duration time, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
      if (!condition()) return false;
      turn();
    }
    return true;
  }

  World world;
  net::Loop loop;
  WatchedPool pool;
  std::vector<std::shared_ptr<FakeSubject>> subjects;
  std::unique_ptr<Monitor> monitor;
  std::vector<std::string> lines;
  std::vector<std::string> spared;

 private:
  void on_transition(const Transition& transition) noexcept override {
    lines.push_back(line_of(transition));
  }
  void on_spared(std::string_view, std::string_view, std::string_view evidence) noexcept override {
    spared.emplace_back(evidence);
  }
};

}  // namespace

TEST_CASE("a backend whose probes fail goes down and comes back, and each turn is told once") {
  Scene scene(2);
  scene.world.findings[scene.address(0)] = Finding::status;
  scene.start();
  FakeSubject& ill = *scene.subjects[0];
  CHECK(scene.comes_true([&] { return ill.fitness.down; }));
  CHECK(scene.world.asked[scene.address(0)] == 3);
  REQUIRE(scene.lines.size() == 1);
  CHECK(scene.lines[0].find("backend app/b0 down: fake probe is ill (3 of 3 failed, last took ") ==
        0);
  CHECK(ill.turns(Turn::down) == 1);
  CHECK(ill.counted.checks[static_cast<std::size_t>(Finding::status)].read() == 3);
  scene.world.findings.clear();
  CHECK(scene.comes_true([&] { return !ill.fitness.down; }));
  REQUIRE(scene.lines.size() == 2);
  CHECK(scene.lines[1].find("backend app/b0 up: fake probe is well (2 of 2 passed") == 0);
  CHECK(scene.lines[1].find("was down for") != std::string::npos);
  CHECK(scene.subjects[1]->turns(Turn::down) == 0);
}

TEST_CASE("a probe that could not be made says nothing about its backend") {
  Scene scene(1);
  scene.world.findings[scene.address(0)] = Finding::inconclusive;
  scene.start();
  CHECK(scene.comes_true([&] { return scene.world.asked[scene.address(0)] > 6; }));
  CHECK(scene.lines.empty());
  CHECK_FALSE(scene.subjects[0]->fitness.down);
}

TEST_CASE("a backend that begins down is unknown until its first probe") {
  Scene scene(2);
  scene.active().initial = Initial::down;
  scene.world.findings[scene.address(1)] = Finding::connect;
  scene.start();
  CHECK(scene.subjects[0]->fitness.unknown);
  CHECK(scene.comes_true([&] { return scene.lines.size() == 2; }));
  CHECK(scene.subjects[0]->fitness == Fitness{});
  CHECK(scene.subjects[1]->fitness.down);
  CHECK_FALSE(scene.subjects[1]->fitness.unknown);
}

TEST_CASE("what is known of a backend outlives a new configuration") {
  Scene scene(2);
  scene.world.findings[scene.address(0)] = Finding::timeout;
  scene.start();
  CHECK(scene.comes_true([&] { return scene.subjects[0]->fitness.down; }));
  scene.add("late");
  scene.active().fall = 1;
  scene.active().interval = 10ms;
  scene.apply();
  CHECK(scene.subjects[0]->fitness.down);
  CHECK(scene.comes_true([&] { return scene.world.asked[scene.address(2)] > 1; }));
  CHECK(scene.lines.size() == 1);
  scene.world.findings[scene.address(2)] = Finding::timeout;
  CHECK(scene.comes_true([&] { return scene.subjects[2]->fitness.down; }));
}

TEST_CASE("a shorter interval does not wait for the longer one to pass") {
  Scene scene(1);
  scene.active().interval = 1h;
  scene.start();
  CHECK(scene.comes_true([&] { return scene.world.asked[scene.address(0)] == 1; }));
  scene.active().interval = 10ms;
  scene.apply();
  CHECK(scene.comes_true([&] { return scene.world.asked[scene.address(0)] > 3; }));
}

TEST_CASE("a backend that left is asked no more, and without probes all are fit") {
  Scene scene(2);
  scene.world.findings[scene.address(1)] = Finding::timeout;
  scene.start();
  CHECK(scene.comes_true([&] { return scene.subjects[1]->fitness.down; }));
  scene.pool.config.active.probe = nullptr;
  scene.apply();
  CHECK(scene.subjects[1]->fitness == Fitness{});
  const auto asked = scene.world.asked;
  CHECK(scene.lasts(100ms, [&] { return scene.world.asked == asked; }));
}

TEST_CASE("a monitor that ends in the middle of its probes leaves none behind") {
  Scene scene(5);
  scene.world.answers = false;
  scene.start();
  CHECK(scene.comes_true([&] { return scene.world.under_way == 5; }));
  scene.monitor.reset();
  CHECK(scene.world.under_way == 0);
}

TEST_CASE("no more than so many probes are under way at a time, and all get their turn") {
  Scene scene(Prober::kMostUnderWay + 100);
  scene.world.answers = false;
  scene.active().interval = 200ms;
  scene.active().timeout = 1s;
  scene.start();
  CHECK(scene.comes_true([&] { return scene.world.asked.size() == scene.pool.backends.size(); }));
  CHECK(scene.world.most_under_way == Prober::kMostUnderWay);
}

TEST_CASE("too many failures in a row eject, probation follows, and a failure there ejects again") {
  Scene scene(2);
  scene.active().probe = nullptr;
  scene.pool.config.passive.eject = 100ms;
  scene.pool.config.passive.max_eject = 1min;
  scene.start();
  FakeSubject& backend = *scene.subjects[0];
  CHECK(backend.limit == 5);
  backend.failures = 5;
  scene.monitor->look_at("app");
  CHECK(backend.fitness.ejected);
  CHECK(backend.failures == 0);
  REQUIRE(scene.lines.size() == 1);
  CHECK(scene.lines[0] ==
        "backend app/b0 ejected for 100 ms: 5 failures in a row (5 are too many)");
  CHECK(backend.counted.ejections[0].read() == 1);
  CHECK(scene.comes_true([&] { return backend.fitness.probation; }));
  CHECK_FALSE(backend.fitness.ejected);
  CHECK(backend.limit == 1);
  backend.failures = 1;
  scene.monitor->look_at("app");
  CHECK(backend.fitness.ejected);
  CHECK(scene.lines.back() == "backend app/b0 ejected for 200 ms: failed on probation");
}

TEST_CASE("good answers on probation restore trust") {
  Scene scene(2);
  scene.active().probe = nullptr;
  scene.pool.config.passive.eject = 100ms;
  scene.pool.config.passive.window = 500ms;
  scene.start();
  FakeSubject& backend = *scene.subjects[0];
  backend.failures = 5;
  scene.monitor->look_at("app");
  CHECK(scene.comes_true([&] { return backend.fitness.probation; }));
  backend.counts.passed = 7;
  CHECK(scene.comes_true([&] { return !backend.fitness.probation; }));
  CHECK(backend.limit == 5);
  CHECK(scene.lines.back().find("backend app/b0 back in service: 7 good answers in ") == 0);
}

TEST_CASE("a good probe brings an ejected backend back before its time") {
  Scene scene(2);
  scene.start();
  FakeSubject& backend = *scene.subjects[0];
  backend.failures = 5;
  scene.monitor->look_at("app");
  REQUIRE(backend.fitness.ejected);
  CHECK(scene.comes_true([&] { return backend.fitness.probation; }));
  CHECK(scene.lines.back().find("backend app/b0 back on probation: a probe passed after ") == 0);
}

TEST_CASE("the last fit backend stays, and the log says why") {
  Scene scene(1);
  scene.start();
  scene.subjects[0]->failures = 5;
  scene.monitor->look_at("app");
  CHECK_FALSE(scene.subjects[0]->fitness.ejected);
  REQUIRE(scene.spared.size() == 1);
  CHECK(scene.spared[0] == "5 failures in a row (5 are too many); it is the last fit one");
}

TEST_CASE("a slow backend is noticed by the clock alone") {
  Scene scene(3);
  scene.active().probe = nullptr;
  scene.pool.config.passive.latency_factor = 3;
  scene.start();
  const auto slow_ejected = [&] {
    constexpr std::size_t k8ms = 29;  // buckets of base::Histogram
    constexpr std::size_t k125ms = 41;
    for (std::size_t i = 0; i < 3; ++i) ++scene.subjects[i]->counts.waits[i == 2 ? k125ms : k8ms];
    return scene.subjects[2]->fitness.ejected;
  };
  CHECK(scene.comes_true(slow_ejected));
  CHECK(scene.subjects[2]->counted.ejections[2].read() == 1);
  CHECK(scene.lines.back().find("backend app/b2 ejected for 30 s: median wait") == 0);
}

TEST_CASE("an ejected backend is free once passive health is switched off") {
  Scene scene(2);
  scene.start();
  scene.subjects[0]->failures = 5;
  scene.monitor->look_at("app");
  REQUIRE(scene.subjects[0]->fitness.ejected);
  scene.pool.config.passive.enabled = false;
  scene.apply();
  CHECK(scene.subjects[0]->fitness == Fitness{});
  CHECK(scene.subjects[0]->limit == 0);
}
