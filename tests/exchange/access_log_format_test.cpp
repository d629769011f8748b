#include "proxy/exchange/access_log_format.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proxy/base/random.h"

using namespace poise;
using namespace std::chrono_literals;
using exchange::AccessFormat;
using exchange::AccessRecord;

namespace {

std::string line(const AccessRecord& record, AccessFormat format = AccessFormat::json) {
  base::LogClock clock;
  std::string out;
  append_line(out, record, format, clock);
  return out;
}

nlohmann::json json(const AccessRecord& record) { return nlohmann::json::parse(line(record)); }

AccessRecord ordinary() {
  AccessRecord record;
  record.time = base::WallTime(std::chrono::milliseconds(1795341600123));
  record.id = "7f3a";
  record.listener = "web";
  record.route = "api";
  record.pool = "app";
  record.backend = "10.0.0.1:80";
  record.client = "192.0.2.7";
  record.proto = "http/1.1";
  record.method = "GET";
  record.host = "example.com";
  record.path = "/v1/x";
  record.query = "a=1";
  record.status = 200;
  record.referer = "https://example.com/";
  record.user_agent = "curl/8 \"quoted\"";
  record.bytes_in = 80;
  record.bytes_out = 1234;
  record.reused = true;
  record.total_time = 12'345'678ns;
  record.wait_time = 0ns;
  return record;
}

}  // namespace

TEST_CASE("a JSON line has every name of a request") {
  const base::MonotonicTime start{1s};
  const std::vector<flight::TryRecord> attempts{
      {.backend = "10.0.0.2:80",
       .picked = start,
       .ended = start + 1500us,
       .error = {.cause = base::Cause::connect_refused}},
      {.backend = "10.0.0.1:80", .picked = start + 1500us, .ended = start + 2ms},
      {.picked = start, .ended = start, .error = {.cause = base::Cause::all_unhealthy}}};
  AccessRecord record = ordinary();
  record.attempts = attempts;
  const auto object = json(record);
  CHECK(object["ts"] == "2026-11-22T10:00:00.123Z");
  CHECK(object["id"] == "7f3a");
  CHECK(object["trace_id"] == "");
  CHECK(object["listener"] == "web");
  CHECK(object["route"] == "api");
  CHECK(object["pool"] == "app");
  CHECK(object["backend"] == "10.0.0.1:80");
  CHECK(object["client"] == "192.0.2.7");
  CHECK(object["proto"] == "http/1.1");
  CHECK(object["tls"] == "");
  CHECK(object["method"] == "GET");
  CHECK(object["host"] == "example.com");
  CHECK(object["path"] == "/v1/x");
  CHECK(object["query"] == "a=1");
  CHECK(object["status"] == 200);
  CHECK(object["cause"] == "-");
  CHECK(object["phase"] == "-");
  CHECK(object["bytes_in"] == 80);
  CHECK(object["bytes_out"] == 1234);
  CHECK(object["reused"] == true);
  REQUIRE(object["attempts"].size() == 2);
  CHECK(object["attempts"][0]["backend"] == "10.0.0.2:80");
  CHECK(object["attempts"][0]["ms"] == 1.5);
  CHECK(object["attempts"][0]["outcome"] == "connect_refused");
  CHECK(object["attempts"][1]["outcome"] == "ok");
}

TEST_CASE("times are milliseconds with three decimals and a phase not reached is absent") {
  const std::string text = line(ordinary());
  CHECK(text.find(R"("t_total":12.345)") != std::string::npos);
  CHECK(text.find(R"("t_wait":0.000)") != std::string::npos);
  const auto object = json(ordinary());
  for (const char* absent : {"t_tls", "t_request", "t_queue", "t_connect", "t_self"}) {
    CHECK_FALSE(object.contains(absent));
  }
  AccessRecord record;
  record.tls_time = record.request_time = record.queue_time = record.connect_time = 1us;
  record.self_time = 1h;
  CHECK(json(record)["t_tls"] == 0.001);
  CHECK(json(record)["t_request"] == 0.001);
  CHECK(json(record)["t_queue"] == 0.001);
  CHECK(json(record)["t_connect"] == 0.001);
  CHECK(json(record)["t_self"] == 3600000.0);
}

TEST_CASE("a failure says its cause and phase") {
  AccessRecord record = ordinary();
  record.cause = base::Cause::connect_timeout;
  record.phase = base::Phase::connect;
  CHECK(json(record)["cause"] == "connect_timeout");
  CHECK(json(record)["phase"] == "connect");
}

TEST_CASE("a TCP session has no request") {
  AccessRecord record = ordinary();
  record.has_request = false;
  record.proto = "tcp";
  const auto object = json(record);
  for (const char* absent : {"method", "host", "path", "query", "status"}) {
    CHECK_FALSE(object.contains(absent));
  }
  CHECK(object["bytes_out"] == 1234);
}

TEST_CASE("the common and the combined format") {
  const std::string common =
      R"(192.0.2.7 - - [22/Nov/2026:10:00:00 +0000] "GET /v1/x?a=1 HTTP/1.1" 200 1234)";
  CHECK(line(ordinary(), AccessFormat::common) == common + "\n");
  CHECK(line(ordinary(), AccessFormat::combined) ==
        common + R"( "https://example.com/" "curl/8 \x22quoted\x22")" + "\n");
  CHECK(line({}, AccessFormat::combined) ==
        "- - - [01/Jan/1970:00:00:00 +0000] \"-\" 000 0 \"-\" \"-\"\n");
}

TEST_CASE("no bytes of a client break a line") {
  base::Random random(11);
  const auto bytes = [&] {
    std::string text(random.below(60), '\0');
    for (auto& c : text) c = static_cast<char>(random.below(256));
    return text;
  };
  for (int i = 0; i < 5000; ++i) {
    const std::string method = bytes(), host = bytes(), path = bytes(), query = bytes(),
                      id = bytes(), agent = bytes();
    AccessRecord record = ordinary();
    record.method = method;
    record.host = host;
    record.path = path;
    record.query = query;
    record.id = id;
    record.referer = record.user_agent = record.client = agent;
    for (const auto format : {AccessFormat::json, AccessFormat::common, AccessFormat::combined}) {
      const std::string text = line(record, format);
      REQUIRE(std::count(text.begin(), text.end(), '\n') == 1);
      REQUIRE(text.back() == '\n');
      if (format != AccessFormat::json) {
        const bool printable =
            std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= 0x20 && c < 0x7f; });
        REQUIRE(printable);
      }
    }
    nlohmann::json object;
    REQUIRE_NOTHROW(object = json(record));
    REQUIRE(object.size() == 23);
  }
}
