#include "proxy/explain/route_tests.h"

#include <catch2/catch.hpp>

#include "conf/print.h"

using namespace poise;

namespace {

const std::string kConfig = R"(listeners:
  - name: web
    bind: 127.0.0.1:8080
    routes:
      - name: old
        match: { path: /old }
        redirect: { to: "https://www.example.com{path}" }
      - { name: office, match: { path: /office }, pool: app, allow: [10.0.0.0/8] }
      - name: api
        match: { host: api.example.com, path: /v1/ }
        split: { api: 95, next: 5 }
        rewrite: { strip_prefix: /v1 }
        request_headers: { set: { X-Env: prod }, remove: [X-Debug] }
      - { name: down, match: { path: /down }, respond: { status: 503 } }
  - { name: inner, bind: 127.0.0.1:8081, pool: app }
pools:
  app: { backends: [127.0.0.1:1] }
  api: { backends: [127.0.0.1:2] }
  next: { backends: [127.0.0.1:3] }
)";

// Every error, without its file: "26:5 WORDS".
std::string faults_of(const std::string& tests) {
  conf::Diagnostics warnings;
  const auto loaded = explain::load_tested_text(kConfig + "tests:\n" + tests, "t.yaml", warnings);
  if (loaded.ok()) return {};
  std::string text;
  for (const auto& one : loaded.error().sorted()) {
    text += std::to_string(one.at.line) + ":" + std::to_string(one.at.column) + " " + one.message +
            "\n";
  }
  return text;
}

// Of a test of that request at the first listener, with one expectation.
std::string fault_of(const std::string& request, const std::string& expected) {
  return faults_of("  - request: \"" + request + "\"\n    listener: web\n    expect: { " +
                   expected + " }\n");
}

bool holds(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("tests that come true are silent") {
  CHECK(faults_of(R"(  - request: GET http://api.example.com:8080/v1/users?id=7
    headers: { X-Debug: "1" }
    from: 203.0.113.9
    expect:
      listener: web
      route: api
      pool: [next, api]
      path: /users?id=7
      host: api.example.com:8080
      request_headers: { X-Env: prod, X-Debug: ~, X-Forwarded-For: 203.0.113.9 }
  - request: GET http://any.example.com:8080/old/a
    expect: { listener: web, redirect: "https://www.example.com/old/a", status: 302 }
  - { request: "http://any:8080/down", expect: { route: down, status: 503 } }
  - { request: "http://any:8080/none", expect: { status: 404, cause: no_route } }
  - { request: "http://any:8080/office", expect: { cause: denied, status: 403 } }
  - { request: "http://any:8080/office", from: 10.1.2.3, expect: { pool: app } }
  - { request: "http://any:8081/", expect: { listener: inner, pool: app } }
)") == "");
}

TEST_CASE("a test that fails says where, what was expected, what came and why") {
  CHECK(fault_of("http://api.example.com:8080/v2/x", "route: api") ==
        "23:22 test 'http://api.example.com:8080/v2/x' fails: expected route 'api', but no route "
        "takes it; 'api' wants path '/v1/', there is '/v2/x'\n");
  CHECK(holds(fault_of("http://api.example.com:8080/v1/x", "pool: api"),
              "expected pool 'api', but route 'api' leads it to pool 'api', 'next'"));
  CHECK(holds(fault_of("http://a:8080/down", "redirect: /x"),
              "expected redirect to '/x', but route 'down' answers it with 503"));
  CHECK(holds(fault_of("http://a:8080/old", "redirect: /x"),
              "expected redirect to '/x', not 'https://www.example.com/old'"));
  CHECK(holds(fault_of("http://a:8080/old", "status: 200"),
              "expected status 200, but route 'old' redirects it"));
  CHECK(holds(fault_of("http://a:8080/office", "pool: app"),
              "but route 'office' denies it: 127.0.0.1 is not in 'allow'"));
  CHECK(holds(fault_of("http://api.example.com:8080/v1/x", "path: /v1/x"),
              "expected path '/v1/x', not '/x'"));
  CHECK(holds(fault_of("http://api.example.com:8080/v1/x", "request_headers: { X-Env: ~ }"),
              "expected no header 'X-Env', but the backend gets 'prod'"));
  CHECK(holds(fault_of("http://api.example.com:8080/v1/x", "request_headers: { X-New: a }"),
              "expected header 'X-New', but the backend gets none"));
  CHECK(holds(fault_of("http://a:8080/down", "host: a"),
              "expected host 'a' at a backend, but route 'down' answers it with 503"));
  CHECK(holds(fault_of("http://a:8080/down", "cause: no_route"),
              "expected cause 'no_route', but route 'down'"));
}

TEST_CASE("every expectation that fails is told, and a test that cannot be asked, too") {
  const std::string faults = faults_of(R"(  - request: http://a:8080/down
    expect:
      route: old
      status: 200
  - { request: "GET nowhere", expect: { route: old } }
  - { request: "http://a/", listener: outer, expect: { route: old } }
)");
  CHECK(holds(faults, "23:14 test"));
  CHECK(holds(faults, "24:15 test"));
  CHECK(holds(faults, "25:16 test 'GET nowhere': 'nowhere' is neither a URL"));
  CHECK(holds(faults, "26:16 test 'http://a/': there is no listener 'outer'"));
}

TEST_CASE("where several listeners fit, each must do as expected, unless the test says which") {
  CHECK(
      holds(faults_of("  - { request: \"http://a/down\", expect: { status: 503 } }\n"),
            "expected status 503, but route 'route-1' leads it to pool 'app' (listener 'inner')"));
  CHECK(faults_of("  - { request: \"http://a/down\", expect: { listener: web, status: 503 } }\n") ==
        "");
}

TEST_CASE("the configuration's own warnings stay beside its tests") {
  conf::Diagnostics warnings;
  const std::string unused = "  extra: { backends: [127.0.0.1:9] }\n";
  const auto loaded = explain::load_tested_text(
      kConfig + unused +
          "tests:\n  - { request: \"http://a:8080/down\", expect: { status: 503 } }\n",
      "t.yaml", warnings);
  CHECK(loaded.ok());
  CHECK_FALSE(warnings.empty());
}
