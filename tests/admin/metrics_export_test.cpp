// The exposition as Prometheus gets it: which lines stand there for what was counted.
#include "proxy/admin/metrics_export.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "conf/load.h"
#include "conf/print.h"

using namespace poise;
using namespace std::chrono_literals;

namespace {

constexpr const char* kYaml = R"(
listeners:
  - name: web
    bind: 127.0.0.1:0
    routes:
      - { name: api, match: { path: /api/ }, split: { app: 9, "new \"app\"": 1 } }
      - { name: old, match: { path: /old/ }, redirect: { to: /api/ } }
  - { name: db, bind: 127.0.0.1:0, protocol: tcp, pool: app }
pools:
  app: { backends: [{ address: 127.0.0.1:1, name: a, weight: 3 }, 127.0.0.1:2] }
  "new \"app\"": { backends: [127.0.0.1:3] }
)";

struct Stage {
  explicit Stage(const std::string& yaml = kYaml) {
    conf::Loaded loaded = conf::load_text(yaml, "stage.yaml");
    if (!loaded.ok()) throw std::runtime_error(conf::render(loaded.error(), false));
    view.snapshot = server::compile(*loaded, records);
    view.listeners = records.listeners();
    view.workers = workers;
  }

  std::vector<std::string> lines() const {
    std::istringstream text(admin::metrics_text(view, "1.2.3"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
  bool has(const std::string& line) const {
    const auto all = lines();
    return std::find(all.begin(), all.end(), line) != all.end();
  }
  std::size_t count_of(const std::string& begin) const {
    const auto all = lines();
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [&](const std::string& line) { return line.starts_with(begin); }));
  }

  exchange::RouteCells& route(const std::string& name, const std::string& pool,
                              std::size_t worker) {
    return records.route("web", name, pool)->cells.of(worker);
  }
  pool::BackendRecord& backend(std::size_t index) {
    return *view.snapshot->pools[0]->backend_records[index];
  }

  server::RecordRegistry records;
  std::shared_ptr<server::WorkerRecords> workers = std::make_shared<server::WorkerRecords>();
  server::MetricsView view;
};

}  // namespace

TEST_CASE("what workers counted is summed, by listener, route, pool and code") {
  Stage stage;
  stage.route("api", "app", 0).requests[1].add(3);
  stage.route("api", "app", 1).requests[1].add(4);
  stage.route("api", "app", 1).requests[4].add();
  stage.route("api", "app", 1)
      .failures[static_cast<std::size_t>(base::Cause::connect_refused)]
      .add();
  const std::string api = R"(listener="web",route="api",pool="app")";
  CHECK(stage.has("poise_requests_total{" + api + R"(,code="2xx"} 7)"));
  CHECK(stage.has("poise_requests_total{" + api + R"(,code="3xx"} 0)"));
  CHECK(stage.has("poise_requests_total{" + api + R"(,code="5xx"} 1)"));
  CHECK(stage.has("poise_request_failures_total{" + api + R"(,cause="connect_refused"} 1)"));
  CHECK(stage.count_of("poise_request_failures_total{") == 1);
}

TEST_CASE("names are escaped as the format wants it") {
  Stage stage;
  CHECK(stage.has(
      R"(poise_requests_total{listener="web",route="api",pool="new \"app\"",code="2xx"} 0)"));
}

TEST_CASE("a route that is quiet has one series, one that was used has its histograms too") {
  Stage stage;
  CHECK(stage.count_of(R"(poise_requests_total{listener="web",route="api",pool="app")") == 1);
  CHECK(stage.count_of("poise_request_duration_seconds") == 0);
  stage.route("old", "", 0).requests[2].add();
  stage.route("old", "", 0).duration.observe(1ms);
  CHECK(stage.count_of(R"(poise_requests_total{listener="web",route="old",pool="")") == 4);
  CHECK(stage.count_of("poise_request_duration_seconds_count") == 1);
}

TEST_CASE("a histogram counts up to 1, 2 and 5 of each decade, and its pools together") {
  Stage stage;
  stage.route("api", "app", 0).duration.observe(50us);
  stage.route("api", "app", 0).duration.observe(200us);
  stage.route("api", "new \"app\"", 1).duration.observe(201us);
  stage.route("api", "app", 1).duration.observe(1h);
  const std::string name =
      R"(poise_request_duration_seconds_bucket{listener="web",route="api",le=)";
  CHECK(stage.has(name + R"("0.0001"} 1)"));
  CHECK(stage.has(name + R"("0.0002"} 2)"));
  CHECK(stage.has(name + R"("0.0005"} 3)"));
  CHECK(stage.has(name + R"("100"} 3)"));
  CHECK(stage.has(name + R"("+Inf"} 4)"));
  CHECK(stage.has(R"(poise_request_duration_seconds_count{listener="web",route="api"} 4)"));
  CHECK(stage.count_of(name) == 20);
}

TEST_CASE("a backend shows its state, its weight and what it was asked") {
  Stage stage;
  pool::BackendRecord& backend = stage.backend(0);
  backend.cells.of(0).requests[1].add(5);
  backend.cells.of(1).in_flight.add(2);
  backend.shared.connections.store(7);
  backend.health.transitions[static_cast<std::size_t>(health::Turn::down)].add();
  const std::string labels = R"({pool="app",backend="a"} )";
  CHECK(stage.has("poise_backend_up" + labels + "1"));
  CHECK(stage.has("poise_backend_weight" + labels + "3"));
  CHECK(stage.has("poise_backend_in_flight" + labels + "2"));
  CHECK(stage.has("poise_backend_connections" + labels + "7"));
  CHECK(stage.has(R"(poise_backend_requests_total{pool="app",backend="a",code="2xx"} 5)"));
  CHECK(stage.has(R"(poise_backend_transitions_total{pool="app",backend="a",to="down"} 1)"));
  backend.status.store(balancing::kDown | balancing::kDraining);
  CHECK(stage.has("poise_backend_up" + labels + "0"));
  CHECK(stage.has("poise_backend_draining" + labels + "1"));
}

TEST_CASE("a pool shows its retries, its line and its panic") {
  Stage stage;
  pool::PoolRecord& pool = *stage.view.snapshot->pools[0]->record;
  pool.cells.of(0).retries.add(2);
  pool.cells.of(1).queue_length.add(3);
  pool.cells.of(1).queue.observe(30ms);
  pool.panics.store(true);
  CHECK(stage.has(R"(poise_retries_total{pool="app"} 2)"));
  CHECK(stage.has(R"(poise_queue_length{pool="app"} 3)"));
  CHECK(stage.has(R"(poise_queue_seconds_sum{pool="app"} 0.03)"));
  CHECK(stage.has(R"(poise_panic{pool="app"} 1)"));
}

TEST_CASE("connections are shown by listener and by worker, those of a former listener there too") {
  Stage stage;
  const auto former = stage.records.listener("former");
  former->cells.of(1).connections.add(4);
  stage.view.listeners = stage.records.listeners();
  stage.records.listener("web")->cells.of(1).connections.add(2);
  stage.records.listener("web")->cells.of(0).bytes_in.add(10);
  stage.workers->of(0);
  stage.workers->of(1).turns.observe(20us);
  CHECK(stage.has(R"(poise_connections{listener="web"} 2)"));
  CHECK(stage.has(R"(poise_bytes_total{listener="web",direction="in"} 10)"));
  CHECK(stage.count_of(R"(poise_connections{listener="former"})") == 0);
  CHECK(stage.has(R"(poise_worker_connections{worker="0"} 0)"));
  CHECK(stage.has(R"(poise_worker_connections{worker="1"} 6)"));
  CHECK(stage.has(R"(poise_worker_loop_lag_seconds_bucket{worker="1",le="2e-05"} 1)"));
}

TEST_CASE("no series stands there twice, though two listeners have one name") {
  Stage stage(R"(
listeners:
  - { name: "127.0.0.1:0", bind: "127.0.0.1:0", pool: app }
  - { bind: "127.0.0.1:0", pool: app }
pools: { app: { backends: [127.0.0.1:1] } }
)");
  std::set<std::string> seen;
  for (const std::string& line : stage.lines()) {
    INFO(line);
    if (!line.starts_with('#')) CHECK(seen.insert(line.substr(0, line.rfind(' '))).second);
  }
  CHECK(seen.size() > 20);
}

TEST_CASE("the process shows its version, its configuration and what the kernel knows of it") {
  Stage stage;
  stage.view.reload.generation = 5;
  stage.view.reload.last_successful = false;
  CHECK(stage.has(R"(poise_build_info{version="1.2.3"} 1)"));
  CHECK(stage.has("poise_config_generation 5"));
  CHECK(stage.has("poise_config_last_reload_successful 0"));
  CHECK_FALSE(stage.has("poise_open_fds 0"));
  CHECK_FALSE(stage.has("process_resident_memory_bytes 0"));
  CHECK_FALSE(stage.has("process_start_time_seconds 0"));
}
