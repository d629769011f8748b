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
