// The access log of a running poise: one valid JSON object a request, with what really happened.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/proxied_backend.h"

using namespace poise::support;
using nlohmann::json;

namespace {

const std::string kLog = "log: { access: { to: stdout, format: json } }\n";

json next_line(LivePoise& poise, std::size_t nth = 0) {
  const auto line = poise.process().standard_output().wait_for_line("{", nth);
  REQUIRE(line.has_value());
  return json::parse(*line);
}

}  // namespace

TEST_CASE("a request is logged with what it was and how long it took") {
  ProxiedBackend scene(ordinary_script(), "", "", kLog);
  CHECK(scene.client().ask(request_text("GET /a/b?c=d", "X-Id: x\r\n")).status() == 200);
  const json line = next_line(scene.poise);
  CHECK(line["method"] == "GET");
  CHECK(line["host"] == "t.test");
  CHECK(line["path"] == "/a/b");
  CHECK(line["query"] == "c=d");
  CHECK(line["status"] == 200);
  CHECK(line["proto"] == "http/1.1");
  CHECK(line["client"] == "127.0.0.1");
  CHECK(line["pool"] == "app");
  CHECK(line["backend"] == scene.backend.address());
  CHECK(line["cause"] == "-");
  CHECK(line["phase"] == "-");
  CHECK(line["reused"] == false);
  CHECK(line["bytes_out"].get<int>() > 0);
  CHECK(line["t_total"].get<double>() >= line["t_wait"].get<double>());
}

TEST_CASE("a warm connection is logged as reused") {
  ProxiedBackend scene(ordinary_script(), "", "", kLog);
  RawClient client = scene.client();
  CHECK(client.ask(get_text("one")).status() == 200);
  CHECK(client.ask(get_text("two")).status() == 200);
  CHECK(next_line(scene.poise, 1)["reused"] == true);
}

TEST_CASE("quotes, controls and bytes of no character stay within their line") {
  ProxiedBackend scene(ordinary_script(), "", "", kLog);
  CHECK(scene.client().ask(request_text("GET /a\"b\\c%0a?{\"d\":1}")).status() > 0);
  const json line = next_line(scene.poise);
  CHECK(line["status"].get<int>() > 0);
}

TEST_CASE("a failed request is logged with its cause and phase") {
  RefusingPort nobody;
  LivePoise poise(simple_config({nobody.address()}, "", "", kLog));
  CHECK(RawClient(poise.port()).ask(get_text("x")).status() == 502);
  const json line = next_line(poise);
  CHECK(line["status"] == 502);
  CHECK(line["cause"] == "connect_refused");
  CHECK(line["phase"] == "connect");
}

TEST_CASE("a request that took two tries is logged with both") {
  RecordingBackend backend;
  RefusingPort nobody;
  LivePoise poise(simple_config({nobody.address(), backend.address()}, "", "", kLog));
  RawClient client(poise.port());
  CHECK(client.ask(get_text("one")).status() == 200);
  CHECK(client.ask(get_text("two")).status() == 200);
  const json first = next_line(poise, 0);
  const json second = next_line(poise, 1);
  const json& retried = first["attempts"].size() > 1 ? first : second;
  REQUIRE(retried["attempts"].size() == 2);
  CHECK(retried["attempts"][0]["backend"] == nobody.address());
  CHECK(retried["attempts"][0]["outcome"] == "connect_refused");
  CHECK(retried["attempts"][1]["backend"] == backend.address());
  CHECK(retried["status"] == 200);
}

TEST_CASE("a malformed request is logged, though it never became one") {
  ProxiedBackend scene(ordinary_script(), "", "", kLog);
  CHECK(scene.client().ask("GET /a HTTP/1.1\r\nBad Name: 1\r\n\r\n").status() == 400);
  const json line = next_line(scene.poise);
  CHECK(line["status"] == 400);
  CHECK(line["cause"] == "request_malformed");
  CHECK(line["phase"] == "request");
}

TEST_CASE("a timed-out backend is logged as such") {
  ProxiedBackend scene(answering([](const StrictMessage&) {
                         return Reply{{}, AfterReply::stall, {}};
                       }),
                       "    timeouts: { response_header: 100ms }\n", "", kLog);
  CHECK(scene.client().ask(post_text("x", "b")).status() == 504);
  const json line = next_line(scene.poise);
  CHECK(line["cause"] == "response_timeout");
  CHECK(line["phase"] == "wait");
}

TEST_CASE("a client that left is logged as gone") {
  ProxiedBackend scene(answering([](const StrictMessage&) {
                         return Reply{{}, AfterReply::stall, {}};
                       }),
                       "", "", kLog);
  RawClient client = scene.client();
  client.send(get_text("x"));
  CHECK(comes_true([&] { return scene.backend.request_count() == 1; }));
  client.socket().reset();
  CHECK(next_line(scene.poise)["cause"] == "client_gone");
}

TEST_CASE("a cut answer is logged as truncated") {
  ProxiedBackend scene(
      answering([](const StrictMessage&) {
        return Reply{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}, AfterReply::close, {}};
      }),
      "", "", kLog);
  CHECK(scene.client().ask(get_text("x")).end == AnswerEnd::cut);
  CHECK(next_line(scene.poise)["cause"] == "response_truncated");
}

// ---- each field, format and share
// ----------------------------------------------------------------

TEST_CASE("a line has every field of a request, and each is of its kind") {
  ProxiedBackend scene(ordinary_script(), "", "", "tracing: {}\n" + kLog);
  CHECK(scene.client().ask(post_text("x", "body", "User-Agent: t\r\n")).status() == 200);
  const json line = next_line(scene.poise);
  for (const char* text : {"ts", "id", "trace_id", "listener", "route", "pool", "backend", "client",
                           "proto", "tls", "method", "host", "path", "query", "cause", "phase"}) {
    INFO(text);
    CHECK(line[text].is_string());
  }
  for (const char* number : {"status", "bytes_in", "bytes_out", "t_request", "t_connect", "t_wait",
                             "t_total", "t_self"}) {
    INFO(number);
    CHECK(line[number].is_number());
  }
  CHECK(line["reused"].is_boolean());
  CHECK(line["attempts"].is_array());
  CHECK(line["id"].get<std::string>().size() == 16);
  CHECK(line["trace_id"].get<std::string>().size() == 32);
  CHECK(line["ts"].get<std::string>().size() == 24);
  CHECK(line["bytes_in"].get<std::size_t>() > 4);
  const StrictMessage forwarded = scene.next_request();
  CHECK(forwarded.value("traceparent").substr(3, 32) == line["trace_id"]);
}

TEST_CASE("poise's own time is a small part of a request that its backend holds up") {
  Gate gate;
  ProxiedBackend scene(answering([&](const StrictMessage& request) {
                         gate.wait();
                         return id_echo(request);
                       }),
                       "", "", kLog);
  RawClient client = scene.client();
  client.send(get_text("x"));
  CHECK(comes_true([&] { return scene.backend.accepted_count() == 1; }));
  const auto start = std::chrono::steady_clock::now();
  comes_true([&] { return std::chrono::steady_clock::now() - start > Milliseconds(100); });
  gate.open();
  CHECK(client.read_answer().status() == 200);
  const json line = next_line(scene.poise);
  CHECK(line["t_wait"].get<double>() >= 100);
  CHECK(line["t_self"].get<double>() > 0);
  CHECK(line["t_self"].get<double>() < line["t_wait"].get<double>());
}

TEST_CASE("the formats of other servers are written as they write them") {
  const bool combined = GENERATE(true, false);
  ProxiedBackend scene(ordinary_script(), "", "",
                       std::string("log: { access: { to: stdout, format: ") +
                           (combined ? "combined" : "common") + " } }\n");
  const std::string fields = "Referer: http://r.test/\r\nUser-Agent: a \"b\"\r\n";
  CHECK(scene.client().ask(request_text("GET /a?b=c", fields)).status() == 200);
  const auto line = scene.poise.process().standard_output().wait_for_line("GET");
  REQUIRE(line);
  CHECK(line->starts_with("127.0.0.1 - - ["));
  CHECK(line->find("] \"GET /a?b=c HTTP/1.1\" 200 ") != line->npos);
  CHECK(line->ends_with(" \"http://r.test/\" \"a \\x22b\\x22\"") == combined);
}

TEST_CASE("only the share asked for is logged, and failures always") {
  RefusingPort nobody;
  RecordingBackend backend;
  const bool always = GENERATE(true, false);
  LivePoise poise("log: { access: { to: stdout, sample: 0%, errors_always: " +
                  std::string(always ? "true" : "false") +
                  " } }\nworkers: 1\nlisteners:\n  - bind: 127.0.0.1:0\n    routes:\n"
                  "      - { match: { path: /bad }, pool: bad }\n      - { pool: app }\npools:\n"
                  "  app:\n    backends: [\"" +
                  backend.address() + "\"]\n  bad:\n    backends: [\"" + nobody.address() +
                  "\"]\n");
  RawClient client(poise.port());
  CHECK(client.ask(get_text("x")).status() == 200);
  CHECK(client.ask(request_text("GET /bad")).status() == 502);
  CHECK(client.ask(get_text("y")).status() == 200);
  CHECK(poise.stop() == 0);
  poise.process().standard_output().wait_for_end();
  const auto lines = poise.process().standard_output().lines();
  REQUIRE(lines.size() == (always ? 1 : 0));
  if (always) CHECK(json::parse(lines[0])["cause"] == "connect_refused");
}
