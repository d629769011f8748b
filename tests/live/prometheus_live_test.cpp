// The real readers of metrics: promtool, and a Prometheus server that scrapes poise under load.
#include <catch2/catch.hpp>
#include <exception>
#include <nlohmann/json.hpp>

#include "tests/support/proxied_backend.h"
#include "tests/support/proxy_under_test.h"
#include "tests/support/scraped_metrics.h"

using namespace poise::support;

namespace {

// A Prometheus that scrapes one target several times a second, its data in a folder of its own.
class Prometheus {
 public:
  explicit Prometheus(std::uint16_t target)
      : port_(unused_port()),
        process_({"prometheus", "--config.file=" + write_config(target),
                  "--storage.tsdb.path=" + folder_.path("data"), "--log.level=warn",
                  "--web.listen-address=127.0.0.1:" + std::to_string(port_)}) {}

  std::string log() { return process_.standard_error().text(); }
  // It listens before it answers.
  bool is_up() {
    return comes_true([this] { return says_it_is_ready(); }, Deadline(Milliseconds(30'000)));
  }
  // The value of an expression that has one; -1 when it has none.
  double ask(const std::string& expression) {
    const auto answer = nlohmann::json::parse(fetch(port_, "/api/v1/query?query=" + expression));
    const auto& result = answer["data"]["result"];
    return result.size() == 1 ? std::stod(result[0]["value"][1].get<std::string>()) : -1;
  }

 private:
  bool says_it_is_ready() const {
    try {
      (void)fetch(port_, "/-/ready");
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }
  std::string write_config(std::uint16_t target) const {
    return folder_.write("prometheus.yml",
                         "global: { scrape_interval: 200ms, scrape_timeout: 200ms }\n"
                         "scrape_configs:\n  - job_name: poise\n    static_configs:\n"
                         "      - targets: [\"127.0.0.1:" +
                             std::to_string(target) + "\"]\n");
  }

  ScratchFolder folder_;
  std::uint16_t port_;
  ChildProcess process_;
};

void ask_often(std::uint16_t port, int requests) {
  RawClient client(port);
  for (int i = 0; i < requests; ++i) {
    REQUIRE(client.ask(get_text(std::to_string(i))).status() == 200);
  }
}

}  // namespace

TEST_CASE("promtool finds nothing to complain of in a scrape") {
  REQUIRE(is_installed("promtool"));
  RecordingBackend backend;
  RefusingPort nobody;
  LivePoise poise(kAdminConfig +
                  simple_config({backend.address(), nobody.address()},
                                "    health: { active: { type: http, interval: 100ms } }\n"
                                "    connections: { max: 1 }\n"));
  ask_often(poise.port(), 50);
  const std::string url = "http://127.0.0.1:" + std::to_string(admin_port(poise)) + "/metrics";
  ChildProcess promtool({"sh", "-c", "curl -sS --fail " + url + " | promtool check metrics"});
  const auto code = promtool.wait_for_exit(Deadline(Milliseconds(20'000)));
  promtool.standard_error().wait_for_end();
  INFO(promtool.standard_error().text());
  CHECK(code == 0);
  CHECK(promtool.standard_error().text() == "");
}

TEST_CASE("a Prometheus server that scrapes poise under load has its numbers") {
  REQUIRE(is_installed("prometheus"));
  RecordingBackend backend;
  LivePoise poise(kAdminConfig + simple_config({backend.address()}));
  Prometheus prometheus(admin_port(poise));
  if (!prometheus.is_up()) FAIL(prometheus.log());
  REQUIRE(comes_true([&] { return prometheus.ask("up") == 1; }, Deadline(Milliseconds(20'000))));
  constexpr int kRequests = 2000;
  ask_often(poise.port(), kRequests);
  const std::string total = "sum(poise_requests_total)";
  CHECK(comes_true([&] { return prometheus.ask(total) == kRequests; },
                   Deadline(Milliseconds(20'000))));
  CHECK(prometheus.ask("sum(poise_backend_requests_total)") == kRequests);
  CHECK(prometheus.ask("sum(poise_self_duration_seconds_count)") == kRequests);
  const std::string self99 =
      "histogram_quantile(0.99,sum%20by(le)(poise_self_duration_seconds_bucket))";
  CHECK(prometheus.ask(self99) > 0);
  CHECK(prometheus.ask("up") == 1);
}
