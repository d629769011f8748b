// `poise alerts` and `poise dashboards`: that Prometheus takes the rules, and that they fire when
// they should and not when they should not.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/child_process.h"
#include "tests/support/live_poise.h"
#include "tests/support/scratch_folder.h"

using namespace poise::support;
using Arguments = std::vector<std::string>;

namespace {

struct Said {
  int exit_code;
  std::string output;
  std::string error;
};

Said run(const Arguments& command) {
  ChildProcess process(command);
  const int exit_code = process.wait_for_exit(Deadline(Milliseconds(20000))).value_or(-1);
  process.standard_output().wait_for_end();
  process.standard_error().wait_for_end();
  return {exit_code, process.standard_output().text(), process.standard_error().text()};
}

const std::string kYaml = R"(
listeners:
  - { name: 'we"b', bind: ":8080", pool: app, limits: { connections: 200 } }
  - { name: db, bind: ":5432", protocol: tcp, pool: sql }
pools:
  app: { backends: [127.0.0.1:1, 127.0.0.1:2], panic: 30% }
  sql: { backends: [127.0.0.1:3] }
)";

// What promtool is to see: one backend down for good, one pool without any from minute 3 on, and
// errors of the client only.
const std::string kCases = R"(
rule_files: [rules.yml]
evaluation_interval: 15s
tests:
  - interval: 15s
    input_series:
      - { series: 'poise_build_info{instance="a"}', values: '1x60' }
      - { series: 'poise_backend_up{instance="a",pool="app",backend="b1"}', values: '1x60' }
      - { series: 'poise_backend_up{instance="a",pool="app",backend="b2"}', values: '0x60' }
      - { series: 'poise_backend_up{instance="a",pool="sql",backend="s1"}', values: '1x11 0x48' }
      - { series: 'poise_requests_total{instance="a",listener="we\"b",route="r",pool="app",code="2xx"}', values: '0+100x60' }
      - { series: 'poise_request_failures_total{instance="a",listener="we\"b",route="r",pool="app",cause="client_gone"}', values: '0+90x60' }
    alert_rule_test:
      - { eval_time: 1m, alertname: PoiseBackendDown }
      - eval_time: 4m
        alertname: PoiseBackendDown
        exp_alerts:
          - exp_labels: { severity: warning, instance: a, pool: app, backend: b2 }
            exp_annotations:
              summary: Backend b2 of pool app does not serve
              description: It is down or ejected on a. `poise status` says why.
      - { eval_time: 2m, alertname: PoisePoolDown }
      - eval_time: 5m
        alertname: PoisePoolDown
        exp_alerts:
          - exp_labels: { severity: critical, instance: a, pool: sql }
            exp_annotations:
              summary: Pool sql has no backend that serves
              description: On a. `poise status` says of each backend why.
      - { eval_time: 10m, alertname: PoiseRequestsFail }
      - { eval_time: 10m, alertname: PoiseGone }
  - interval: 15s
    input_series:
      - { series: 'poise_requests_total{instance="a",listener="we\"b",route="r",pool="app",code="5xx"}', values: '0+100x60' }
      - { series: 'poise_request_failures_total{instance="a",listener="we\"b",route="r",pool="app",cause="connect_refused"}', values: '0+25x60' }
    promql_expr_test:
      - expr: count(ALERTS{alertname="PoiseRequestsFail", alertstate="firing", severity="critical"})
        eval_time: 10m
        exp_samples: [{ labels: '{}', value: 1 }]
      - expr: count(ALERTS{alertname="PoiseGone", alertstate="firing"})
        eval_time: 10m
        exp_samples: [{ labels: '{}', value: 1 }]
)";

}  // namespace

TEST_CASE("promtool accepts the alerts of poise, and sees them fire when they should") {
  const ScratchFolder folder;
  const auto alerts = run({poise_binary(), "alerts", "-c", folder.write("poise.yaml", kYaml)});
  REQUIRE(alerts.exit_code == 0);
  const auto checked =
      run({"promtool", "check", "rules", folder.write("rules.yml", alerts.output)});
  INFO(checked.output << checked.error << alerts.output);
  CHECK(checked.exit_code == 0);
  const auto tested = run({"promtool", "test", "rules", folder.write("cases.yml", kCases)});
  INFO(tested.output << tested.error);
  CHECK(tested.exit_code == 0);
}

TEST_CASE("poise dashboards prints one JSON object, and nothing of a configuration at fault") {
  const ScratchFolder folder;
  const auto fine = run({poise_binary(), "dashboards", "-c", folder.write("poise.yaml", kYaml)});
  CHECK(fine.exit_code == 0);
  CHECK(nlohmann::json::parse(fine.output)["title"] == "poise");
  for (const auto* command : {"dashboards", "alerts"}) {
    const auto wrong = run({poise_binary(), command, "-c", folder.write("bad.yaml", "pools: 1\n")});
    CHECK(wrong.exit_code == 1);
    CHECK(wrong.output.empty());
    CHECK(run({poise_binary(), command}).exit_code == 2);
    CHECK(run({poise_binary(), command, "-c", folder.path("none.yaml")}).exit_code == 3);
  }
}
