// What explain() gathers about routes, listeners and what goes to the backend.
#include <catch2/catch.hpp>

#include "tests/explain/explain_stage.h"

using namespace poise;
using namespace poise::explain;
using namespace poise::test;

namespace {

const std::string kPools = "pools: { app: { backends: [127.0.0.1:1] } }\n";

std::string with_routes(const std::string& routes, const std::string& top = "") {
  return top + "listeners:\n  - bind: :80\n    routes:\n" + routes + kPools;
}

// One route with this match before one that takes everything.
RouteVerdict first_verdict(const std::string& match, const Words& words) {
  const auto answer = answer_to(with_routes("      - { name: first, match: { " + match +
                                            " }, pool: app }\n      - { name: all, pool: app }\n"),
                                words);
  REQUIRE_FALSE(answer.routes.empty());
  return answer.routes.front();
}

void check_mismatch(const std::string& match, const Words& words, const std::string& condition,
                    const std::string& wanted, const std::string& found) {
  INFO(match);
  const RouteVerdict verdict = first_verdict(match, words);
  CHECK_FALSE(verdict.takes);
  CHECK(verdict.condition == condition);
  CHECK(verdict.wanted == wanted);
  CHECK(verdict.found == found);
}

const std::string* value_of(const Pairs& pairs, const std::string& name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string setting(const Pairs& pairs, const std::string& name) {
  const std::string* value = value_of(pairs, name);
  return value == nullptr ? "absent" : *value;
}

const Words kPlain{.request = "GET http://a.test/x?q=1"};

}  // namespace

TEST_CASE("of several routes that would take a request the first does, and no other is asked") {
  const auto answer =
      answer_to(with_routes("      - { name: no, match: { path: /y }, pool: app }\n"
                            "      - { name: one, match: { path: /x }, pool: app }\n"
                            "      - { name: two, pool: app }\n"),
                kPlain);
  CHECK(answer.outcome == Outcome::proxied);
  CHECK(answer.route == "one");
  REQUIRE(answer.routes.size() == 2);
  CHECK_FALSE(answer.routes[0].takes);
  CHECK(answer.routes[1].takes);
  CHECK(answer.not_asked == 1);
}

TEST_CASE("a route says what it wants and what the request has instead") {
  check_mismatch("host: b.test", kPlain, "host", "b.test", "a.test");
  check_mismatch("host: \"*.test\"", {.request = "http://test/"}, "host", "*.test", "test");
  check_mismatch("path: /y", kPlain, "path", "/y", "/x");
  check_mismatch("path_exact: /x/", kPlain, "path_exact", "/x/", "/x");
  check_mismatch("path_regex: \"/[0-9]+\"", kPlain, "path_regex", "/[0-9]+", "/x");
  check_mismatch("methods: [POST, PUT]", kPlain, "methods", "POST, PUT", "GET");
  check_mismatch("headers: { X-A: \"1\" }", kPlain, "headers", "X-A: 1", "");
  check_mismatch("headers: { X-A: \"1\" }",
                 {.request = "http://a.test/", .headers = {"x-a: 2", "x-a: 3"}}, "headers",
                 "X-A: 1", "2, 3");
  check_mismatch("query: { q: \"2\" }", kPlain, "query", "q=2", "1");
  check_mismatch("query: { beta: \"*\" }", kPlain, "query", "beta=*", "");
  check_mismatch("source: [10.0.0.0/8, \"fd00::/8\"]", kPlain, "source", "10.0.0.0/8, fd00::/8",
                 "127.0.0.1");
}

TEST_CASE("without a route there is the answer poise would give") {
  const auto answer =
      answer_to(with_routes("      - { match: { host: b.test }, pool: app }\n"), kPlain);
  CHECK(answer.outcome == Outcome::no_route);
  CHECK(answer.status == 404);
  CHECK(answer.cause == "no_route");
  CHECK(answer.pools.empty());
  CHECK_FALSE(answer.to_backend);
}

TEST_CASE("a client that may not in is told which network says so") {
  const auto denied =
      answer_to(with_routes("      - { pool: app, allow: [10.0.0.0/8], deny: [10.1.0.0/16] }\n"),
                {.request = "http://a.test/", .from = "10.1.2.3"});
  CHECK(denied.outcome == Outcome::denied);
  CHECK(denied.status == 403);
  CHECK(denied.detail == "10.1.2.3 is in 'deny' (10.1.0.0/16)");
  CHECK(denied.route == "route-1");
  const auto stranger =
      answer_to(with_routes("      - { pool: app, allow: [10.0.0.0/8] }\n"), kPlain);
  CHECK(stranger.detail == "127.0.0.1 is not in 'allow' (10.0.0.0/8)");
}

TEST_CASE("redirects and fixed answers are shown as the client gets them") {
  const auto redirect = answer_to(
      with_routes("      - redirect: { to: \"https://{host}{path}{query}\", status: 308 }\n"
                  "        response_headers: { set: { X-By: me } }\n"),
      {.request = "http://a.test:80/x?q=1"});
  CHECK(redirect.outcome == Outcome::redirected);
  CHECK(redirect.status == 308);
  REQUIRE(redirect.reply);
  CHECK(setting(redirect.reply->fields, "Location") == "https://a.test/x?q=1");
  CHECK(setting(redirect.reply->fields, "X-By") == "me");
  CHECK(setting(redirect.reply->fields, "Date") == "absent");
  const auto fixed =
      answer_to(with_routes("      - respond: { status: 410, body: gone }\n"), kPlain);
  CHECK(fixed.outcome == Outcome::answered);
  CHECK(fixed.status == 410);
  CHECK(fixed.reply->body == "gone");
}

TEST_CASE("the backend's request is shown rewritten, as it would be sent") {
  const auto answer = answer_to(
      with_routes("      - pool: app\n"
                  "        rewrite: { strip_prefix: /v1, host: inner.test }\n"
                  "        request_headers: { set: { X-Env: prod }, remove: [X-Debug] }\n"),
      {.request = "PUT http://a.test/v1/x?y",
       .headers = {"X-Debug: 1", "Connection: X-Hop", "X-Hop: 1"},
       .from = "192.0.2.9"});
  REQUIRE(answer.to_backend);
  CHECK(answer.to_backend->method == "PUT");
  CHECK(answer.to_backend->target == "/x?y");
  CHECK(answer.to_backend->host == "inner.test");
  const Pairs& fields = answer.to_backend->fields;
  CHECK(setting(fields, "X-Env") == "prod");
  CHECK(setting(fields, "X-Debug") == "absent");
  CHECK(setting(fields, "X-Hop") == "absent");
  CHECK(setting(fields, "X-Forwarded-For") == "192.0.2.9");
  CHECK(setting(fields, "X-Forwarded-Host") == "a.test");
}

TEST_CASE("behind a trusted proxy the client is whom it names") {
  const std::string yaml = with_routes(
      "      - { name: in, match: { source: [203.0.113.0/24] }, pool: app }\n"
      "      - { name: out, pool: app }\n",
      "trusted_proxies: [10.0.0.0/8]\n");
  const std::vector<std::string> told{"X-Forwarded-For: 203.0.113.7"};
  const auto trusted =
      answer_to(yaml, {.request = "http://a.test/", .headers = told, .from = "10.0.0.1"});
  CHECK(trusted.client == "203.0.113.7");
  CHECK(trusted.client_was_told);
  CHECK(trusted.route == "in");
  const auto stranger =
      answer_to(yaml, {.request = "http://a.test/", .headers = told, .from = "192.0.2.1"});
  CHECK(stranger.client == "192.0.2.1");
  CHECK_FALSE(stranger.client_was_told);
  CHECK(stranger.route == "out");
}

TEST_CASE("what the parser or a limit refuses is refused here too") {
  const std::string yaml =
      "listeners:\n  - bind: :80\n    pool: app\n    limits: { uri_bytes: 64, header_bytes: 256, "
      "body_bytes: 10 }\n" +
      kPools;
  const auto outcome = [&](const Words& words) {
    const auto answer = answer_to(yaml, words);
    CHECK(answer.outcome == Outcome::refused);
    return std::to_string(answer.status) + " " + answer.cause;
  };
  const std::string url = "http://a.test/";
  CHECK(outcome({.request = url + "a/../.."}) == "400 request_malformed");
  CHECK(outcome({.request = url + std::string(100, 'x')}) == "414 request_too_large");
  CHECK(outcome({.request = url, .headers = {"X: " + std::string(300, 'x')}}) ==
        "431 request_too_large");
  CHECK(outcome({.request = "POST " + url, .headers = {"Content-Length: 11"}}) ==
        "413 request_too_large");
  CHECK(outcome({.request = "CONNECT " + url}) == "405 request_malformed");
  CHECK(outcome({.request = url, .headers = {"Content-Length: 1", "Transfer-Encoding: chunked"}}) ==
        "400 request_smuggling");
}

TEST_CASE("timeouts, retries and limits are those in force for the route") {
  const auto answer = answer_to(
      "listeners:\n  - bind: :80\n    limits: { connections: 7 }\n    timeouts: { request: 9s }\n"
      "    routes:\n"
      "      - { match: { path: /own }, pool: app, timeouts: { request: 3s, try: 1s },\n"
      "          retry: { attempts: 5 } }\n"
      "      - { pool: app }\n"
      "pools:\n  app:\n    backends: [127.0.0.1:1]\n    retry: { attempts: 1, try_timeout: 2s }\n"
      "    queue: { size: 3 }\n",
      {.request = "http://a.test/own"});
  CHECK(setting(answer.limits, "connections") == "7");
  CHECK(setting(answer.limits, "header_bytes") == "32KiB");
  CHECK(setting(answer.timeouts, "request") == "3s");
  CHECK(setting(answer.pools.at(0).timeouts, "try") == "1s");
  CHECK(setting(answer.pools.at(0).retry, "attempts") == "5");
  CHECK(setting(answer.pools.at(0).queue, "size") == "3");
}

TEST_CASE("what a route does not set is its listener's and its pool's") {
  const auto answer = answer_to(
      "listeners:\n  - { bind: \":80\", pool: app, timeouts: { request: 9s } }\n"
      "pools:\n  app:\n    backends: [127.0.0.1:1]\n    retry: { attempts: 1, try_timeout: 2s }\n",
      kPlain);
  CHECK(setting(answer.timeouts, "request") == "9s");
  CHECK(setting(answer.pools.at(0).timeouts, "try") == "2s");
  CHECK(setting(answer.pools.at(0).retry, "attempts") == "1");
}

TEST_CASE("a TCP client is explained by its address") {
  const std::string yaml =
      "listeners:\n  - name: db\n    bind: 10.0.0.1:5432\n    protocol: tcp\n    routes:\n"
      "      - { name: near, match: { source: [10.0.0.0/8] }, pool: app, deny: [10.9.0.0/16] }\n"
      "      - { name: far, match: { source: [192.0.2.0/24] }, pool: app }\n" +
      kPools;
  const Words near{.request = "tcp 10.0.0.1:5432", .from = "10.0.0.7"};
  CHECK(answer_to(yaml, near).route == "near");
  CHECK(answer_to(yaml, near).pools.at(0).queue.empty());
  const auto far = answer_to(yaml, {.from = "192.0.2.1", .listener = "db"});
  CHECK(far.route == "far");
  CHECK(far.routes.at(0).wanted == "10.0.0.0/8");
  CHECK(far.routes.at(0).found == "192.0.2.1");
  CHECK(answer_to(yaml, {.from = "203.0.113.1", .listener = "db"}).outcome == Outcome::no_route);
  const auto denied = answer_to(yaml, {.from = "10.9.0.1", .listener = "db"});
  CHECK(denied.outcome == Outcome::denied);
  CHECK(denied.status == 0);
}
