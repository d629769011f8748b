// Traces through a running poise: from a real client's span to the backend's, and what a small
// OpenTelemetry collector gets of it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/dns_server.h"
#include "tests/support/proxied_backend.h"

using namespace poise::support;
using nlohmann::json;

namespace {

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kClientSpan = "b7ad6b7169203331";
const std::string kTheirs = "traceparent: 00-" + kTrace + "-" + kClientSpan + "-01\r\n";
const std::string kTrusting = "trusted_proxies: [127.0.0.0/8]\n";
const std::string kLog = "log: { access: { to: stdout, format: json } }\n";

// Takes OTLP over HTTP, as a collector does.
class Collector {
 public:
  explicit Collector(BackendScript script = answering([](const StrictMessage&) {
                       return plain_reply("{\"partialSuccess\":{}}");
                     }))
      : server_(std::move(script)) {}

  std::string tracing(const std::string& more = "") const {
    return "tracing: { otlp: \"http://" + server_.address() + "/v1/traces\"" + more + " }\n";
  }

  // The first spans that come, of one batch.
  json wait_for_spans() {
    std::vector<StrictMessage> batches;
    comes_true([&] { return !(batches = server_.take_requests()).empty(); });
    REQUIRE(batches.size() == 1);
    CHECK(batches[0].target == "/v1/traces");
    CHECK(batches[0].value("Content-Type") == "application/json");
    const json body = json::parse(batches[0].body);
    return body["resourceSpans"][0]["scopeSpans"][0]["spans"];
  }
  RecordingBackend& server() { return server_; }

 private:
  RecordingBackend server_;
};

std::string parent_in(const StrictMessage& request) { return request.value("traceparent"); }

}  // namespace

TEST_CASE("a client's trace joins up through poise to the backend") {
  Collector collector;
  ProxiedBackend scene(ordinary_script(), "", "", kTrusting + kLog + collector.tracing());
  CHECK(scene.client().ask(get_text("x", kTheirs + "tracestate: rojo=1\r\n")).status() == 200);
  const StrictMessage forwarded = scene.next_request();
  const json spans = collector.wait_for_spans();
  REQUIRE(spans.size() == 2);
  CHECK(spans[0]["traceId"] == kTrace);
  CHECK(spans[0]["parentSpanId"] == kClientSpan);
  CHECK(spans[1]["traceId"] == kTrace);
  CHECK(spans[1]["parentSpanId"] == spans[0]["spanId"]);
  const std::string try_span = spans[1]["spanId"];
  CHECK(parent_in(forwarded) == "00-" + kTrace + "-" + try_span + "-01");
  CHECK(forwarded.value("tracestate") == "rojo=1");
  const auto line = scene.poise.process().standard_output().wait_for_line("{");
  REQUIRE(line);
  CHECK(json::parse(*line)["trace_id"] == kTrace);
}

TEST_CASE("each try of a retried request is a span, and the backend is told the right one") {
  Collector collector;
  std::atomic<int> count{0};
  ProxiedBackend scene(answering([&](const StrictMessage& request) {
                         return ++count == 1 ? Reply{{}, AfterReply::close, {}} : id_echo(request);
                       }),
                       "", "", kTrusting + collector.tracing());
  CHECK(scene.client().ask(get_text("x", kTheirs)).status() == 200);
  const auto forwarded = scene.backend.take_requests();
  const json spans = collector.wait_for_spans();
  REQUIRE(forwarded.size() == 2);
  REQUIRE(spans.size() == 3);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string span = spans[i + 1]["spanId"];
    CHECK(parent_in(forwarded[i]) == "00-" + kTrace + "-" + span + "-01");
  }
  CHECK(spans[1]["status"]["code"] == 2);
  CHECK_FALSE(spans[2].contains("status"));
}

TEST_CASE("a trace of nobody trusted is replaced, and unsampled ones send no span") {
  Collector collector;
  ProxiedBackend scene(ordinary_script(), "", "", kLog + collector.tracing(", sample: 0%"));
  CHECK(scene.client().ask(get_text("x", kTheirs)).status() == 200);
  const std::string told = parent_in(scene.next_request());
  REQUIRE(told.size() == 55);
  CHECK(told.substr(3, 32) != kTrace);
  CHECK(told.substr(53) == "00");
  const auto line = scene.poise.process().standard_output().wait_for_line("{");
  REQUIRE(line);
  CHECK(json::parse(*line)["trace_id"] == told.substr(3, 32));
  CHECK(collector.server().request_count() == 0);
}

TEST_CASE("without tracing a traceparent passes through as it came") {
  ProxiedBackend scene(ordinary_script(), "", "", kLog);
  CHECK(scene.client().ask(get_text("x", kTheirs)).status() == 200);
  CHECK("traceparent: " + parent_in(scene.next_request()) + "\r\n" == kTheirs);
  const auto line = scene.poise.process().standard_output().wait_for_line("{");
  REQUIRE(line);
  CHECK(json::parse(*line)["trace_id"] == "");
}

TEST_CASE("a collector that is not there holds nobody up, is said, and gets the spans later") {
  RefusingPort nobody;
  ProxiedBackend scene(ordinary_script(), "", "",
                       "tracing: { sample: 100%, otlp: \"http://" + nobody.address() + "\" }\n");
  RawClient client = scene.client();
  for (int i = 0; i < 20; ++i) CHECK(client.ask(get_text("x")).status() == 200);
  CHECK(scene.poise.process().standard_error().wait_for_line("Connection refused"));
}

TEST_CASE("a batch that a collector cannot take now is sent again") {
  std::atomic<int> count{0};
  Collector collector(answering([&](const StrictMessage&) {
    return ++count == 1 ? Reply{{"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"}, {}, {}}
                        : plain_reply("{}");
  }));
  ProxiedBackend scene(ordinary_script(), "", "", collector.tracing(", sample: 100%"));
  CHECK(scene.client().ask(get_text("x")).status() == 200);
  CHECK(comes_true([&] { return count == 2; }));
  const auto batches = collector.server().take_requests();
  REQUIRE(batches.size() == 2);
  CHECK(batches[0].body == batches[1].body);
  CHECK(scene.poise.process().standard_error().wait_for_line("are sent to"));
}

TEST_CASE("every sampled request arrives at the collector, once") {
  Collector collector;
  ProxiedBackend scene(ordinary_script(), "", "", collector.tracing(", sample: 100%"));
  RawClient client = scene.client();
  constexpr int kRequests = 500;
  for (int i = 0; i < kRequests; ++i) REQUIRE(client.ask(get_text("x")).status() == 200);
  std::set<std::string> traces;
  std::size_t spans = 0;
  comes_true([&] {
    for (const StrictMessage& batch : collector.server().take_requests()) {
      const json body = json::parse(batch.body);
      for (const json& span : body["resourceSpans"][0]["scopeSpans"][0]["spans"]) {
        traces.insert(span["traceId"].get<std::string>());
        ++spans;
      }
    }
    return traces.size() == kRequests;
  });
  CHECK(traces.size() == kRequests);
  CHECK(spans == 2 * kRequests);
}

TEST_CASE("tracing begins, moves and ends by a reload") {
  Collector first;
  Collector second;
  RecordingBackend backend;
  const auto config = [&](const std::string& tracing) {
    return simple_config({backend.address()}, "", "", tracing);
  };
  LivePoise poise(config(""));
  RawClient client(poise.port());
  CHECK(client.ask(get_text("x")).status() == 200);
  CHECK(poise.reload(config(first.tracing(", sample: 100%"))).find("reloaded") !=
        std::string::npos);
  CHECK(client.ask(get_text("x")).status() == 200);
  CHECK(first.wait_for_spans().size() == 2);
  CHECK(poise.reload(config(second.tracing(", sample: 100%"))).find("reloaded") !=
        std::string::npos);
  CHECK(client.ask(get_text("x")).status() == 200);
  CHECK(second.wait_for_spans().size() == 2);
  CHECK(first.server().take_requests().empty());
}

TEST_CASE("a collector may be known by its name") {
  Collector collector;
  const DnsServer dns({"host-record=otel.test,127.0.0.1,1"});
  const std::string port = std::to_string(collector.server().port());
  ProxiedBackend scene(ordinary_script(), "", "",
                       "dns: { servers: [\"" + dns.address() +
                           "\"] }\ntracing: { sample: 100%, otlp: \"http://otel.test:" + port +
                           "/v1/traces\" }\n");
  CHECK(scene.client().ask(get_text("x")).status() == 200);
  CHECK(collector.wait_for_spans().size() == 2);
}

TEST_CASE("the last spans still leave when poise stops") {
  Collector collector;
  ProxiedBackend scene(ordinary_script(), "", "", collector.tracing(", sample: 100%"));
  CHECK(scene.client().ask(get_text("x")).status() == 200);
  CHECK(scene.poise.stop() == 0);
  CHECK(collector.wait_for_spans().size() == 2);
}
