// What the last seconds were like, from counters that only grow.
#include "proxy/server/summary_window.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "conf/load.h"
#include "conf/print.h"
#include "proxy/server/tick_text.h"

using namespace poise;
using namespace std::chrono_literals;

namespace {

struct Stage {
  Stage() { take("{ app: { backends: [127.0.0.1:1, 127.0.0.1:2] } }"); }

  void take(const std::string& pools) {
    conf::Loaded loaded = conf::load_text(
        "listeners: [{ name: web, bind: 127.0.0.1:0, pool: app }]\npools: " + pools, "stage.yaml");
    if (!loaded.ok()) throw std::runtime_error(conf::render(loaded.error(), false));
    view.snapshot = server::compile(*loaded, records);
    view.listeners = records.listeners();
    view.workers = workers;
  }
  pool::BackendRecord& backend(std::size_t index) {
    return *view.snapshot->pools[0]->backend_records[index];
  }
  exchange::RouteCells& route() {
    const auto& plan = *view.snapshot->listeners[0].http;
    return plan.records[plan.routes[0].row + 1]->cells.of(0);
  }
  void serve(int requests, base::Duration each) {
    for (int i = 0; i < requests; ++i) {
      route().requests[1].add();
      route().duration.observe(each);
      backend(0).cells.of(0).requests[1].add();
      backend(0).cells.of(0).duration.observe(each);
    }
  }
  void pass_second() { window.sample(view, now += 1s); }
  server::Summary summary() const { return window.summary(view, now + 1s); }

  server::RecordRegistry records;
  std::shared_ptr<server::WorkerRecords> workers = std::make_shared<server::WorkerRecords>();
  server::MetricsView view;
  server::SummaryWindow window;
  base::MonotonicTime now{};
};

}  // namespace

TEST_CASE("totals are of this moment, rates of the last second") {
  Stage stage;
  stage.serve(100, 1ms);
  stage.pass_second();
  stage.serve(7, 1ms);
  const server::Summary summary = stage.summary();
  CHECK(summary.requests[1] == 107);
  CHECK(summary.requests_per_s == Approx(7));
  CHECK(summary.requests_per_s_by_class[1] == Approx(7));
  CHECK(summary.pools[0].backends[0].totals.requests[1] == 107);
  CHECK(summary.pools[0].backends[0].requests_per_s == Approx(7));
  CHECK(summary.pools[0].backends[1].requests_per_s == 0);
}

TEST_CASE("latencies are those of the last ten seconds") {
  Stage stage;
  stage.serve(1000, 5s);
  for (int second = 0; second < 5; ++second) stage.pass_second();
  stage.serve(10, 1ms);
  CHECK(stage.summary().duration.p99 <= 1ms);
  for (int second = 0; second < 9; ++second) stage.pass_second();
  CHECK(stage.summary().duration.p50 > 800us);
  CHECK(stage.summary().pools[0].backends[0].duration.p50 > 800us);
  for (int second = 0; second < 2; ++second) stage.pass_second();
  CHECK(stage.summary().duration.p50 == 0s);
  CHECK(stage.summary().pools[0].backends[0].duration.p50 == 0s);
}

TEST_CASE("before the first sample the latencies are those since the start, and rates unknown") {
  Stage stage;
  stage.serve(10, 1ms);
  CHECK(stage.summary().duration.p50 > 800us);
  CHECK(stage.summary().requests_per_s == 0);
}

TEST_CASE("a backend that is removed and one that comes disturb nothing") {
  Stage stage;
  stage.serve(100, 1ms);
  stage.pass_second();
  stage.take("{ app: { backends: [127.0.0.1:3] } }");
  stage.serve(4, 30ms);
  stage.pass_second();
  const server::Summary summary = stage.summary();
  REQUIRE(summary.pools[0].backends.size() == 1);
  CHECK(summary.pools[0].backends[0].totals.requests[1] == 4);
  CHECK(summary.pools[0].healthy == 1);
}

TEST_CASE("a worker's loop lag is over the last seconds") {
  Stage stage;
  stage.workers->of(3).turns.observe(1s);
  stage.pass_second();
  stage.workers->of(3).turns.observe(20us);
  REQUIRE(stage.summary().workers.size() == 1);
  CHECK(stage.summary().workers[0].index == 3);
  CHECK(stage.summary().workers[0].lag_p99 <= 20us);
}

TEST_CASE("a tick is one line of JSON with what is to be drawn") {
  Stage stage;
  stage.pass_second();
  stage.serve(2, 1ms);
  stage.route().failures[static_cast<std::size_t>(base::Cause::deadline)].add();
  stage.backend(1).status.store(balancing::kEjected);
  const std::string text = server::tick_text(stage.summary(), base::WallTime{});
  CHECK(text.find('\n') == text.npos);
  const auto tick = nlohmann::json::parse(text);
  CHECK(tick["at"] == "1970-01-01T00:00:00.000Z");
  CHECK(tick["rps"] == 2.0);
  CHECK(tick["codes_per_s"]["2xx"] == 2.0);
  CHECK(tick["failures_per_s"] == nlohmann::json{{"deadline", 1.0}});
  CHECK(tick["p99_ms"].get<double>() > 0.8);
  const auto& pool = tick["pools"][0];
  CHECK(pool["name"] == "app");
  CHECK(pool["healthy"] == 1);
  CHECK(pool["total"] == 2);
  CHECK(pool["backends"][0]["rps"] == 2.0);
  CHECK(pool["backends"][1]["state"] == "ejected");
}
