// A sampled request as an OpenTelemetry collector reads it.
#include "proxy/tracing/otlp_json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace poise;
using namespace poise::tracing;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const base::MonotonicTime kStart{1h};

TracedRequest request_with(int status, base::Error error = {}) {
  TracedRequest request;
  flight::FlightRecord& record = request.record;
  record.at = base::WallTime{std::chrono::milliseconds(1'795'348'800'123)};
  record.listener = "web";
  record.route = "api";
  record.pool = "app";
  record.client = "192.0.2.7";
  record.method = "GET";
  record.host = "a.test:8080";
  record.path = "/x\"y";
  record.status = status;
  record.error = error;
  record.started = kStart;
  record.ended = kStart + 5ms;
  http::RequestHead head;
  const char* theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  head.fields.add(head.arena, "traceparent", theirs);
  TracingConfig config;
  config.enabled = true;
  base::Random random(1);
  request.trace.begin(config, head, true, random);
  return request;
}

void add_try(TracedRequest& request, std::string backend, base::Error error = {}) {
  auto& record = request.record;
  record.tries.push_back({.backend = std::move(backend),
                          .picked = kStart + 1ms,
                          .ended = kStart + 4ms,
                          .error = error});
  if (!error) record.tries.back().first_byte = kStart + 3ms;
  record.tries_made = record.tries.size();
}

json spans_of(const TracedRequest& request) {
  std::string text = otlp_begin("my \"edge\"");
  append_spans(text, request);
  const json body = json::parse(text + std::string(kOtlpEnd));
  const json& resource = body["resourceSpans"][0];
  CHECK(resource["resource"]["attributes"][0]["value"]["stringValue"] == "my \"edge\"");
  return resource["scopeSpans"][0]["spans"];
}

std::string attribute(const json& span, const std::string& key) {
  for (const json& one : span["attributes"]) {
    if (one["key"] != key) continue;
    const json& value = one["value"];
    return value.contains("intValue") ? value["intValue"] : value["stringValue"];
  }
  return "-";
}

}  // namespace

TEST_CASE("a request is a server span below its client's, its try a client span below it") {
  TracedRequest request = request_with(200);
  add_try(request, "10.0.0.1:80");
  const json spans = spans_of(request);
  REQUIRE(spans.size() == 2);
  const json& server = spans[0];
  CHECK(server["traceId"] == "0af7651916cd43dd8448eb211c80319c");
  CHECK(server["parentSpanId"] == "b7ad6b7169203331");
  CHECK(server["name"] == "GET");
  CHECK(server["kind"] == 2);
  CHECK(server["startTimeUnixNano"] == "1795348800118000000");
  CHECK(server["endTimeUnixNano"] == "1795348800123000000");
  CHECK(attribute(server, "http.request.method") == "GET");
  CHECK(attribute(server, "url.scheme") == "http");
  CHECK(attribute(server, "url.path") == "/x\"y");
  CHECK(attribute(server, "server.address") == "a.test");
  CHECK(attribute(server, "server.port") == "8080");
  CHECK(attribute(server, "client.address") == "192.0.2.7");
  CHECK(attribute(server, "http.response.status_code") == "200");
  CHECK(attribute(server, "poise.route") == "api");
  CHECK_FALSE(server.contains("status"));
  const json& client = spans[1];
  CHECK(client["traceId"] == server["traceId"]);
  CHECK(client["parentSpanId"] == server["spanId"]);
  CHECK(client["kind"] == 3);
  CHECK(attribute(client, "server.address") == "10.0.0.1");
  CHECK(attribute(client, "server.port") == "80");
  CHECK(attribute(client, "url.full") == "http://a.test:8080/x\"y");
  CHECK(attribute(client, "http.request.resend_count") == "-");
  CHECK(attribute(client, "poise.backend") == "10.0.0.1:80");
  CHECK_FALSE(client.contains("status"));
}

TEST_CASE("a retried request has a span for each try, and an error only where one was") {
  TracedRequest request = request_with(200);
  add_try(request, "[::1]:80", {.cause = base::Cause::connect_refused, .detail = "refused"});
  add_try(request, "big");
  const json spans = spans_of(request);
  REQUIRE(spans.size() == 3);
  CHECK(attribute(spans[1], "server.address") == "::1");
  CHECK(attribute(spans[1], "error.type") == "connect_refused");
  CHECK(attribute(spans[1], "http.response.status_code") == "-");
  CHECK(spans[1]["status"]["code"] == 2);
  CHECK(spans[1]["status"]["message"] == "refused");
  CHECK(attribute(spans[2], "http.request.resend_count") == "1");
  CHECK(attribute(spans[2], "server.address") == "big");
  CHECK(spans[1]["spanId"] != spans[2]["spanId"]);
  CHECK_FALSE(spans[0].contains("status"));
}

TEST_CASE("a failed request's span says its cause, a client's own mistake is no error of ours") {
  const json failed = spans_of(
      request_with(503, {.cause = base::Cause::all_unhealthy, .phase = base::Phase::queue}))[0];
  CHECK(attribute(failed, "error.type") == "all_unhealthy");
  CHECK(attribute(failed, "poise.phase") == "queue");
  CHECK(failed["status"]["code"] == 2);
  const json missing = spans_of(request_with(404))[0];
  CHECK(attribute(missing, "error.type") == "-");
  CHECK_FALSE(missing.contains("status"));
}

TEST_CASE("an unknown method is told as such") {
  TracedRequest request = request_with(501);
  request.record.method = "BREW";
  const json span = spans_of(request)[0];
  CHECK(span["name"] == "HTTP");
  CHECK(attribute(span, "http.request.method") == "_OTHER");
  CHECK(attribute(span, "http.request.method_original") == "BREW");
}
