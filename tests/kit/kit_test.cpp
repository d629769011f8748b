// What `poise alerts` and `poise dashboards` make of a configuration. That Prometheus takes the
// rules is a live test.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "conf/load.h"
#include "conf/print.h"
#include "proxy/kit/alert_rules.h"
#include "proxy/kit/grafana.h"
#include "proxy/kit/promql.h"

using namespace poise;

namespace {

conf::Config config_of(const std::string& yaml) {
  const auto loaded = conf::load_text(yaml, "test.yaml");
  if (!loaded.ok()) FAIL(conf::render(loaded.error(), false));
  return *loaded;
}

const std::string kYaml = R"(
listeners:
  - { name: web, bind: ":8080", pool: app, limits: { connections: 200 } }
  - { name: db, bind: ":5432", protocol: tcp, pool: sql }
pools:
  app: { backends: [127.0.0.1:1], panic: 30%, timeouts: { response_header: 4s } }
  sql: { backends: [127.0.0.1:2] }
)";

// The names users rely on (the table of metrics in docs/operating.md), without the suffixes of
// histograms, and those of every exporter.
const std::set<std::string> kMetrics{"poise_requests_total",
                                     "poise_request_failures_total",
                                     "poise_request_duration_seconds",
                                     "poise_self_duration_seconds",
                                     "poise_backend_requests_total",
                                     "poise_backend_duration_seconds",
                                     "poise_backend_wait_seconds",
                                     "poise_backend_failures_total",
                                     "poise_backend_up",
                                     "poise_backend_in_flight",
                                     "poise_backend_connections",
                                     "poise_backend_weight",
                                     "poise_backend_draining",
                                     "poise_backend_health_checks_total",
                                     "poise_backend_transitions_total",
                                     "poise_backend_ejections_total",
                                     "poise_retries_total",
                                     "poise_retry_budget_exhausted_total",
                                     "poise_queue_length",
                                     "poise_queue_seconds",
                                     "poise_panic",
                                     "poise_connections",
                                     "poise_connections_total",
                                     "poise_bytes_total",
                                     "poise_config_last_reload_successful",
                                     "poise_config_last_reload_timestamp_seconds",
                                     "poise_config_reloads_total",
                                     "poise_config_generation",
                                     "poise_worker_loop_lag_seconds",
                                     "poise_worker_connections",
                                     "poise_open_fds",
                                     "poise_build_info",
                                     "process_max_fds"};

std::set<std::string> metrics_in(const std::string& text) {
  static const std::regex kName("\\b(poise|process)_[a-z_]+");
  std::set<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), kName), end; at != end; ++at) {
    std::string name = at->str();
    if (name.ends_with("_bucket")) name.resize(name.size() - 7);
    names.insert(name);
  }
  return names;
}

const kit::AlertRule* find_rule(const std::vector<kit::AlertGroup>& groups,
                                const std::string& group, const std::string& name) {
  for (const auto& each : groups) {
    for (const auto& rule : each.rules) {
      if (each.name == group && rule.name == name) return &rule;
    }
  }
  return nullptr;
}

}  // namespace

TEST_CASE("alerts have a group for each listener and pool that can give cause for one") {
  const auto groups = kit::alert_groups(config_of(kYaml));
  std::vector<std::string> names;
  for (const auto& group : groups) names.push_back(group.name);
  CHECK(names == std::vector<std::string>{"poise", "poise-listener-web", "poise-pool-app",
                                          "poise-pool-sql"});
}

TEST_CASE("thresholds of alerts come from the configuration") {
  const auto groups = kit::alert_groups(config_of(kYaml));
  const auto* full = find_rule(groups, "poise-listener-web", "PoiseConnectionsFull");
  REQUIRE(full != nullptr);
  CHECK(full->expression == "poise_connections{listener=\"web\"} > 180");
  const auto* slow = find_rule(groups, "poise-pool-app", "PoiseBackendSlow");
  REQUIRE(slow != nullptr);
  CHECK(slow->expression.ends_with("> 2"));
  CHECK(find_rule(groups, "poise-pool-app", "PoisePoolPanics") != nullptr);
  CHECK(find_rule(groups, "poise-pool-sql", "PoisePoolPanics") == nullptr);
}

TEST_CASE("alerts and dashboards ask for no metric that poise does not have") {
  const auto config = config_of(kYaml);
  std::string text = kit::render_grafana(config);
  for (const auto& group : kit::alert_groups(config)) {
    for (const auto& rule : group.rules) text += rule.expression + "\n";
  }
  const auto names = metrics_in(text);
  CHECK(names.size() > 15);
  for (const auto& name : names) {
    INFO(name);
    CHECK(kMetrics.count(name) == 1);
  }
}

TEST_CASE("a dashboard has a row for each listener and pool, and panels that do not overlap") {
  const auto dashboard = nlohmann::json::parse(kit::render_grafana(config_of(kYaml)));
  std::set<std::string> rows;
  std::set<int> ids;
  std::set<std::pair<int, int>> taken;
  for (const auto& panel : dashboard["panels"]) {
    CHECK(ids.insert(panel["id"].get<int>()).second);
    if (panel["type"] == "row") rows.insert(panel["title"].get<std::string>());
    const auto& at = panel["gridPos"];
    for (int x = at["x"]; x < at["x"].get<int>() + at["w"].get<int>(); ++x) {
      CHECK(x < 24);
      for (int y = at["y"]; y < at["y"].get<int>() + at["h"].get<int>(); ++y) {
        CHECK(taken.emplace(x, y).second);
      }
    }
  }
  CHECK(rows ==
        std::set<std::string>{"Listener web", "Listener db", "Pool app", "Pool sql", "Process"});
}

TEST_CASE("a name with quotes stays a name within PromQL") {
  CHECK(kit::matcher("pool", "a\"b\\c") == R"(pool="a\"b\\c")");
}
