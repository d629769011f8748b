// Every rule of passive health over a simulated pool: what is counted comes in, decisions come out.
#include "health/outliers.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace poise;
using namespace poise::health;
using base::MonotonicTime;
using Kind = Decision::Kind;

namespace {

class Pool {
 public:
  explicit Pool(std::size_t size, PassiveConfig passive = {})
      : config(passive), outliers(config, size), standings(size), windows(size) {}

  // What is decided now, as "kind backend" each.
  std::string judge() {
    for (std::size_t i = 0; i < standings.size(); ++i) {
      standings[i].window = &windows[i];
      standings[i].span = config.window;
    }
    decisions = outliers.judge(standings, now);
    return told(decisions);
  }
  std::string judge_after(base::Duration pause) {
    now += pause;
    return judge();
  }
  void fail(std::size_t backend, std::uint32_t in_a_row) {
    standings[backend].failures_in_a_row = in_a_row;
  }
  void recover(std::size_t backend, std::uint32_t passed = 1) {
    standings[backend].failures_in_a_row = 0;
    standings[backend].passed += passed;
  }
  void waits(std::size_t backend, base::Duration wait, std::uint32_t count = 100) {
    int bucket = 0;
    while (base::Histogram::upper_bound(bucket) < wait) ++bucket;
    windows[backend].waits = {};
    windows[backend].waits[static_cast<std::size_t>(bucket)] = count;
  }

  static std::string told(const std::vector<Decision>& decisions) {
    static const char* const kWords[] = {"ejected", "spared", "probation", "trusted"};
    std::string text;
    for (const Decision& decision : decisions) {
      if (!text.empty()) text += ", ";
      text += std::string(kWords[static_cast<int>(decision.kind)]) + ' ' +
              std::to_string(decision.backend);
    }
    return text;
  }

  PassiveConfig config;
  Outliers outliers;
  std::vector<Standing> standings;
  std::vector<TrafficCounts> windows;
  std::vector<Decision> decisions;
  MonotonicTime now{1h};
};

}  // namespace

TEST_CASE("a backend is ejected at its fifth failure in a row and the evidence says so") {
  Pool pool(3);
  pool.fail(1, 4);
  CHECK(pool.judge().empty());
  pool.fail(1, 5);
  CHECK(pool.judge() == "ejected 1");
  CHECK(pool.decisions[0].reason == EjectReason::consecutive_failures);
  CHECK(pool.decisions[0].length == 30s);
  CHECK(pool.decisions[0].evidence == "5 failures in a row (5 are too many)");
  CHECK(pool.outliers.is_ejected(1));
  CHECK(pool.judge().empty());
}

TEST_CASE("an ejection that is over leads to probation, and good answers for a window to trust") {
  Pool pool(3);
  pool.fail(1, 5);
  pool.judge();
  pool.recover(1, 0);
  CHECK(pool.judge_after(29s).empty());
  CHECK(pool.judge_after(1s) == "probation 1");
  CHECK(pool.outliers.failure_limit(1) == 1);
  CHECK(pool.judge_after(20s).empty());  // no traffic proves nothing
  pool.recover(1);
  CHECK(pool.judge() == "trusted 1");
  CHECK(pool.outliers.failure_limit(1) == 5);
}

TEST_CASE("who gets no request on probation is trusted again after three windows") {
  Pool pool(3);
  pool.fail(1, 5);
  pool.judge();
  pool.recover(1, 0);
  CHECK(pool.judge_after(30s) == "probation 1");
  CHECK(pool.judge_after(29s).empty());
  CHECK(pool.judge_after(1s) == "trusted 1");
  CHECK(pool.decisions[0].evidence == "no failure in 30 s");
}

TEST_CASE("one failure on probation ejects again, for twice as long, up to the limit") {
  Pool pool(3);
  pool.fail(1, 5);
  pool.judge();
  const base::Duration lengths[] = {30s, 60s, 120s, 240s, 300s, 300s};
  for (std::size_t i = 0; i + 1 < std::size(lengths); ++i) {
    CHECK(pool.decisions[0].length == lengths[i]);
    pool.recover(1, 0);
    CHECK(pool.judge_after(lengths[i]) == "probation 1");
    pool.fail(1, 1);
    CHECK(pool.judge_after(1s) == "ejected 1");
    CHECK(pool.decisions[0].evidence == "failed on probation");
  }
  CHECK(pool.decisions[0].length == 300s);
}

TEST_CASE("calm takes the doubling back step by step") {
  Pool pool(3);
  const auto eject_and_return = [&](std::uint32_t failures) {
    pool.fail(1, failures);
    pool.judge();
    const base::Duration length = pool.decisions.at(0).length;
    pool.recover(1);
    pool.judge_after(length);
    return length;
  };
  CHECK(eject_and_return(5) == 30s);
  CHECK(eject_and_return(1) == 60s);
  CHECK(eject_and_return(1) == 120s);
  pool.recover(1);
  pool.judge_after(130s);  // longer than the last ejection, shorter than the last two
  CHECK(eject_and_return(5) == 120s);
  pool.recover(1);
  pool.judge_after(1h);
  CHECK(eject_and_return(5) == 30s);
}

TEST_CASE("the last fit backend is never ejected, and that is said once") {
  Pool pool(2);
  pool.fail(0, 5);
  pool.fail(1, 5);
  CHECK(pool.judge() == "ejected 0, spared 1");
  CHECK(pool.decisions[1].evidence.find("it is the last fit one") != std::string::npos);
  for (int i = 0; i < 20; ++i) CHECK(pool.judge_after(500ms).empty());
  CHECK(pool.outliers.is_waiting(pool.now));
  pool.recover(0, 0);
  CHECK(pool.judge_after(20s) == "probation 0, ejected 1");
}

TEST_CASE("the only backend of a pool is never ejected") {
  Pool pool(1);
  pool.fail(0, 500);
  CHECK(pool.judge() == "spared 0");
}

TEST_CASE("a backend that probes call down is not the other that is needed") {
  Pool pool(3);
  pool.standings[0].takes_traffic = false;
  pool.standings[1].takes_traffic = false;
  pool.fail(2, 5);
  CHECK(pool.judge() == "spared 2");
  pool.standings[1].takes_traffic = true;
  CHECK(pool.judge() == "ejected 2");
}

TEST_CASE("no more than the share of backends is ejected at a time, but one always may be") {
  PassiveConfig config;
  config.max_ejected = GENERATE(0.1, 0.3, 0.5, 1.0);
  Pool pool(10, config);
  for (std::size_t i = 0; i < 10; ++i) pool.fail(i, 5);
  pool.judge();
  std::size_t ejected = 0;
  for (std::size_t i = 0; i < 10; ++i) ejected += pool.outliers.is_ejected(i) ? 1 : 0;
  const auto share = static_cast<std::size_t>(config.max_ejected * 10 + 0.5);
  CHECK(ejected == std::min<std::size_t>(share, 9));

  config.max_ejected = 0.1;
  Pool small(3, config);
  small.fail(0, 5);
  small.fail(1, 5);
  CHECK(small.judge() == "ejected 0, spared 1");
  CHECK(small.decisions[1].evidence.find("1 of 3 are ejected already") != std::string::npos);
}

TEST_CASE("a cap of nothing ejects nobody") {
  PassiveConfig config;
  config.max_ejected = 0;
  Pool pool(4, config);
  pool.fail(0, 5);
  CHECK(pool.judge() == "spared 0");
}

TEST_CASE("failures in a row are not judged when their limit is 0") {
  PassiveConfig config;
  config.consecutive_failures = 0;
  Pool pool(3, config);
  pool.fail(1, 5000);
  CHECK(pool.judge().empty());
}

TEST_CASE("nothing is judged when passive health is off") {
  PassiveConfig config;
  config.enabled = false;
  Pool pool(3, config);
  pool.fail(1, 5000);
  CHECK(pool.judge().empty());
  CHECK(pool.outliers.failure_limit(1) == 0);
}

TEST_CASE("a share of failures ejects once there were enough requests") {
  PassiveConfig config;
  config.failure_percent = 0.2;
  Pool pool(3, config);
  pool.windows[2].passed = 14;
  pool.windows[2].failed = 5;
  CHECK(pool.judge().empty());
  pool.windows[2].passed = 20;
  CHECK(pool.judge() == "ejected 2");
  CHECK(pool.decisions[0].reason == EjectReason::failure_percent);
  CHECK(pool.decisions[0].evidence == "20 % of 25 requests failed in 10 s (20 % are too many)");
}

TEST_CASE("a backend ten times slower than the others is ejected, with the numbers") {
  PassiveConfig config;
  config.latency_factor = 3;
  Pool pool(4, config);
  for (std::size_t i = 0; i < 3; ++i) pool.waits(i, 10ms);
  pool.waits(3, 100ms);
  CHECK(pool.judge() == "ejected 3");
  CHECK(pool.decisions[0].reason == EjectReason::latency);
  INFO(pool.decisions[0].evidence);
  CHECK(pool.decisions[0].evidence.find("median wait 90 ms is 10.0 times the 9.0 ms of the others "
                                        "(100 requests in 10 s; 3.0 times are too many)") == 0);
}

TEST_CASE("one bad answer on probation does not eject a backend that was merely slow") {
  PassiveConfig config;
  config.latency_factor = 3;
  Pool pool(3, config);
  pool.waits(0, 10ms);
  pool.waits(1, 10ms);
  pool.waits(2, 100ms);
  CHECK(pool.judge() == "ejected 2");
  pool.windows[2] = {};
  CHECK(pool.judge_after(30s) == "probation 2");
  pool.fail(2, 1);
  CHECK(pool.judge_after(1s).empty());
  pool.waits(2, 100ms);
  CHECK(pool.judge_after(1s) == "ejected 2");
  CHECK(pool.decisions[0].length == 60s);
}

TEST_CASE("latency is not judged on few requests, few others, or differences that are noise") {
  PassiveConfig config;
  config.latency_factor = 3;
  Pool few(3, config);
  few.waits(0, 10ms);
  few.waits(1, 10ms);
  few.waits(2, 100ms, 19);
  CHECK(few.judge().empty());
  few.waits(2, 100ms, 20);
  CHECK(few.judge() == "ejected 2");

  Pool pair(2, config);
  pair.waits(0, 10ms);
  pair.waits(1, 1000ms);
  CHECK(pair.judge().empty());

  Pool quick(3, config);
  quick.waits(0, 50us);
  quick.waits(1, 50us);
  quick.waits(2, 800us);
  CHECK(quick.judge().empty());
}

TEST_CASE("of several slow backends the slowest goes first and the rest are judged anew") {
  PassiveConfig config;
  config.latency_factor = 3;
  Pool pool(5, config);
  for (std::size_t i = 0; i < 3; ++i) pool.waits(i, 10ms);
  pool.waits(3, 100ms);
  pool.waits(4, 300ms);
  CHECK(pool.judge() == "ejected 4");
  CHECK(pool.judge_after(500ms) == "ejected 3");
  CHECK(pool.judge_after(500ms).empty());
}

TEST_CASE("a good probe ends a first ejection early, but not one that repeats") {
  Pool pool(3);
  pool.fail(1, 5);
  pool.judge();
  CHECK_FALSE(pool.outliers.on_good_probe(0, pool.now, pool.now));
  CHECK_FALSE(pool.outliers.on_good_probe(1, pool.now - 1ms, pool.now + 2s));  // began before
  const auto decision = pool.outliers.on_good_probe(1, pool.now + 1s, pool.now + 2s);
  REQUIRE(decision);
  CHECK(decision->kind == Kind::probation);
  CHECK(decision->evidence == "a probe passed after 2 s");
  pool.fail(1, 1);
  CHECK(pool.judge_after(3s) == "ejected 1");
  CHECK_FALSE(pool.outliers.on_good_probe(1, pool.now + 1s, pool.now + 2s));
}

TEST_CASE("a good probe does not end an ejection for slowness") {
  PassiveConfig config;
  config.latency_factor = 3;
  Pool pool(3, config);
  pool.waits(0, 10ms);
  pool.waits(1, 10ms);
  pool.waits(2, 100ms);
  pool.judge();
  REQUIRE(pool.outliers.is_ejected(2));
  CHECK_FALSE(pool.outliers.on_good_probe(2, pool.now + 1s, pool.now + 2s));
}

TEST_CASE("an ejection goes on after a reload") {
  Pool before(3);
  before.fail(2, 5);
  before.judge();
  Pool after(2);
  after.now = before.now + 10s;
  after.outliers.take_over(0, before.outliers, 2);
  CHECK(after.outliers.is_ejected(0));
  CHECK(after.judge_after(19s).empty());
  CHECK(after.judge_after(1s) == "probation 0");
}
