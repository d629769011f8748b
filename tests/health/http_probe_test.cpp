// What is special about HTTP probes: what they ask, and how they judge the answer.
#include "health/probes/http_probe.h"

#include <catch2/catch.hpp>

#include "tests/health/probe_stage.h"

using namespace std::chrono_literals;
using namespace poise;
using health::Finding;
using health::HttpProbeConfig;
using health::make_http_probe;
using test::ProbeStage;

namespace {

std::string answer_with(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

health::ProbeResult probe(HttpProbeConfig config, const std::string& answer, bool closes = true) {
  ProbeStage stage;
  stage.script.answer = answer;
  stage.script.closes = closes;
  return stage.probe(make_http_probe(std::move(config)));
}

}  // namespace

TEST_CASE("a probe's request has the method, target, host and fields it was given") {
  ProbeStage stage;
  HttpProbeConfig config;
  config.method = "POST";
  config.path = "/ready?deep=1";
  config.host = "app.example";
  config.headers = {{"X-Probe", "yes"}};
  CHECK(stage.probe(make_http_probe(std::move(config))).finding == Finding::passed);
  CHECK(stage.received ==
        "POST /ready?deep=1 HTTP/1.1\r\nHost: app.example\r\nUser-Agent: poise-health\r\n"
        "Connection: close\r\nX-Probe: yes\r\n\r\n");
}

TEST_CASE("without a host a probe names the address, and its User-Agent can be replaced") {
  ProbeStage stage;
  HttpProbeConfig config;
  config.headers = {{"user-agent", "me"}};
  stage.probe(make_http_probe(std::move(config)));
  CHECK(stage.received == "GET /healthz HTTP/1.1\r\nHost: " + stage.address().text() +
                              "\r\nConnection: close\r\nuser-agent: me\r\n\r\n");
}

TEST_CASE("only a wanted status passes") {
  CHECK(probe({}, answer_with("204 No Content", "")).finding == Finding::passed);
  const auto failed = probe({}, answer_with("500 No", "no"));
  CHECK(failed.finding == Finding::status);
  CHECK(failed.saw == "got 500, wanted 200-299");
  HttpProbeConfig config;
  config.expect_status = {{200, 200}, {400, 404}};
  const auto other = probe(std::move(config), answer_with("302 Found", ""));
  CHECK(other.saw == "got 302, wanted 200, 400-404");
  HttpProbeConfig same;
  same.expect_status = {{200, 200}, {400, 404}};
  CHECK(probe(std::move(same), answer_with("403 No", "")).finding == Finding::passed);
}

TEST_CASE("the body must hold the wanted text or match the expression") {
  HttpProbeConfig text;
  text.expect_text = "all good";
  CHECK(probe(std::move(text), answer_with("200 OK", "yes: all good!")).finding == Finding::passed);
  HttpProbeConfig missing;
  missing.expect_text = "all good";
  const auto failed = probe(std::move(missing), answer_with("200 OK", "degraded"));
  CHECK(failed.finding == Finding::body);
  CHECK(failed.saw == "got 200 without the wanted text in its first 8 bytes");
  HttpProbeConfig regex;
  regex.expect_regex.emplace("state: (up|ok)");
  CHECK(probe(std::move(regex), answer_with("200 OK", "x state: ok")).finding == Finding::passed);
}

TEST_CASE("of a large body no more than 64 KiB is looked at") {
  HttpProbeConfig config;
  config.expect_text = "needle";
  const std::string hay(health::kProbeBodyBytes, 'x');
  CHECK(probe(std::move(config), answer_with("200 OK", hay + "needle")).finding == Finding::body);
  CHECK(probe({}, "HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n" + hay, false).finding ==
        Finding::passed);
}

TEST_CASE("an answer is parsed as strictly as traffic's") {
  for (const char* bad :
       {"hello\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "HTTP/1.1 200 OK\r\n"}) {
    INFO(bad);
    CHECK(probe({}, bad).finding == Finding::protocol);
  }
}

TEST_CASE("a backend that hangs up before it answers has failed") {
  ProbeStage stage;
  stage.script.closes_at_once = true;
  const auto result = stage.probe(make_http_probe({}));
  CHECK(result.finding == Finding::protocol);
  CHECK_FALSE(result.saw.empty());
}

TEST_CASE("interim answers are passed over and a chunked answer is read to its end") {
  CHECK(probe({}, "HTTP/1.1 103 Early Hints\r\n\r\n" + answer_with("200 OK", "ok")).finding ==
        Finding::passed);
  HttpProbeConfig config;
  config.expect_text = "okay";
  CHECK(
      probe(std::move(config),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n2\r\nay\r\n0\r\n\r\n")
          .finding == Finding::passed);
}

TEST_CASE("a connection the backend would keep is closed when the answer is whole") {
  ProbeStage stage;
  stage.script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  stage.script.closes = false;
  CHECK(stage.probe(make_http_probe({})).finding == Finding::passed);
  CHECK(stage.comes_true([&] { return stage.open_connections() == 0; }));
}

TEST_CASE("a probe ends after its timeout and says what it was waiting for") {
  ProbeStage stage;
  stage.script.answers = false;
  const auto silent = stage.probe(make_http_probe({}), {30ms});
  CHECK(silent.finding == Finding::timeout);
  CHECK(silent.saw == "waited 30 ms for the head");
  CHECK(silent.took >= 30ms);
  CHECK(stage.comes_true([&] { return stage.open_connections() == 0; }));

  ProbeStage half;
  half.script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
  half.script.closes = false;
  CHECK(half.probe(make_http_probe({}), {50ms}).saw == "waited 50 ms for the rest of the body");
}
