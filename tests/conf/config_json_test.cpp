#include "conf/config_json.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "conf/load.h"
#include "conf/print.h"
#include "tests/conf/example_environment.h"

using namespace poise::conf;
using poise::test::example_environment;

namespace {

const Environment kNothingSet = [](const std::string&) { return std::nullopt; };

Config load(const std::string& text) {
  const Loaded loaded = load_text(text, "t.yaml", nullptr, kNothingSet);
  if (!loaded.ok()) FAIL(text << '\n' << render(loaded.error(), false));
  return loaded.value();
}

// JSON is YAML, but for what YAML wants unquoted: true, 5s, 20%.
bool wants_no_quotes(const std::string& text) {
  if (text == "true" || text == "false") return true;
  if (text.empty() || text.find_first_of("0123456789") != 0) return false;
  const bool is_share =
      text.back() == '%' && text.find_first_not_of("0123456789.") == text.size() - 1;
  const bool is_time = text.find_first_not_of("0123456789hmsun") == text.npos &&
                       text.find_last_of("hms") == text.size() - 1;
  return is_share || is_time;
}

std::string as_yaml(const std::string& json) {
  std::string yaml;
  std::size_t done = 0;
  for (auto open = json.find('"'); open != json.npos; open = json.find('"', done)) {
    auto close = open + 1;
    while (json[close] != '"') close += json[close] == '\\' ? 2 : 1;
    yaml += json.substr(done, open - done);
    const std::string text = json.substr(open + 1, close - open - 1);
    yaml += wants_no_quotes(text) ? text : '"' + text + '"';
    done = close + 1;
  }
  return yaml + json.substr(done);
}

void check_round(const Config& config) {
  const std::string yaml = as_yaml(config_json(config));
  INFO(yaml);
  CHECK(load(yaml) == config);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

const std::string kRest = R"(
listeners:
  - bind: 127.0.0.1:8080
    pool: app
pools:
  app:
    backends: [127.0.0.1:9001]
)";

}  // namespace

TEST_CASE("what every example says comes out as JSON, which says the same when it is read") {
  for (const auto& entry : std::filesystem::directory_iterator(POISE_SOURCE_DIR "/conf/examples")) {
    INFO(entry.path().string());
    const Loaded loaded = load_file(entry.path().string(), nullptr, example_environment);
    REQUIRE(loaded.ok());
    Config shown = *loaded;
    shown.tests.clear();
    if (!has(config_json(shown), "(hidden)")) check_round(shown);
  }
}

TEST_CASE("every setting comes out as JSON that says the same when it is read") {
  check_round(load(kRest));
  check_round(load(R"(
workers: 4
affinity: true
admin: { bind: "[::1]:9900" }
log: { level: warn, format: json, access: { to: /var/log/a, format: combined, sample: 5.5% } }
trusted_proxies: [10.0.0.0/8, "::1"]
zone: eu-1
tracing: { sample: 2.5%, otlp: "http://127.0.0.1:4318/v1/traces", service: edge, headers: { X-A: b } }
dns: { servers: [10.0.0.53, "[::1]:5353"], timeout: 1s, attempts: 2, ttl_min: 2s, ttl_max: 3s }
shutdown: { drain: 1m30s }
listeners:
  - name: web
    bind: [":8080", "[::1]:8443", "unix:/run/poise"]
    limits: { connections: 9, header_bytes: 8KiB, headers: 5, uri_bytes: 1KiB, body_bytes: 10MB, requests_per_connection: 3 }
    timeouts: { header: 1s, body_idle: 2s, idle: 3s, write_idle: 4s, request: 5s }
    routes:
      - name: first
        match:
          host: API.example.com
          path: /v1/
          methods: [GET, PUT]
          headers: { x-canary: 1 }
          query: { beta: "*" }
          source: [10.0.0.0/8]
        split: { app: 95, next: 5 }
        rewrite: { strip_prefix: /v1, host: inner }
        request_headers: { set: { X-Env: prod }, add: { X-A: b }, remove: [X-Debug] }
        response_headers: { add: { X-B: c } }
        timeouts: { request: 30s, try: 10s }
        retry: { attempts: 1, on: [] }
        allow: [10.0.0.0/8]
        deny: [10.1.0.0/16]
      - { match: { path_exact: /old }, redirect: { to: "https://{host}{path}", status: 308 } }
      - { match: { path_regex: "/a.*" }, rewrite: { path: /b }, timeouts: { try: 0s }, pool: app }
      - { respond: { status: 404, body: none, content_type: text/html } }
  - bind: 127.0.0.1:5432
    protocol: tcp
    limits: { connections: 7 }
    timeouts: { idle: 2h }
    pool: next
pools:
  app:
    balance: { strategy: ring-hash, key: "header:X-User", load_factor: 125% }
    backends:
      - 127.0.0.1:9001
      - { address: "[::1]:80", weight: 3, max_connections: 200, name: big, zone: eu-1, tier: 2 }
      - app.internal:8080
    discover: { dns: _http._tcp.app.internal, type: srv, interval: 10s }
    connections: { max: 1, idle: 2, idle_timeout: 3s, connect_timeout: 4s, max_age: 5s }
    queue: { size: 6, timeout: 7s }
    retry: { attempts: 8, on: [connect], budget: 9%, min_per_second: 10, backoff: 11ms, try_timeout: 12s, non_idempotent: true, replay_bytes: 13 }
    timeouts: { response_header: 14s, response_idle: 15s }
    slow_start: 16s
    panic: 17%
    health:
      active: { type: http, method: HEAD, path: "/h?x", host: h, headers: { X-A: b }, expect_status: [200, 300-399], interval: 1s, interval_down: 2s, jitter: 3%, timeout: 4s, max_latency: 1s, rise: 5, fall: 6, port: 7, initial: down }
      passive: { consecutive_failures: 8, window: 9s, failure_percent: 10%, min_requests: 11, latency_factor: 2.5, eject: 12s, max_eject: 13s, max_ejected: 14% }
  next:
    balance: maglev
    backends: [127.0.0.1:9001]
    discover: { dns: "app.internal:80" }
    health: { active: { type: http, expect_body: { regex: "o+k" } }, passive: off }
  third:
    balance: { strategy: ip-hash, key: "cookie:a" }
    backends: [127.0.0.1:9001]
    health: { active: { type: tcp } }
  fourth:
    balance: { strategy: sticky-cookie, cookie: c, fallback: { strategy: ring-hash, load_factor: off }, ttl: 1h, http_only: false, secure: true, same_site: none, path: /x, domain: example.com }
    backends: [127.0.0.1:9001]
    health: { active: { type: http, expect_body: fine } }
)"));
}

TEST_CASE("no secret comes out") {
  const std::string json = config_json(load(R"(
admin: { bind: 127.0.0.1:9900, token: s3cret-one }
tracing: { otlp: "http://127.0.0.1:4318/", headers: { Authorization: s3cret-six } }
listeners:
  - bind: 127.0.0.1:8080
    routes:
      - pool: app
        match: { headers: { X-Api-Key: s3cret-two }, query: { access_token: s3cret-three } }
        request_headers: { set: { Authorization: Bearer s3cret-four, X-Env: prod } }
pools:
  app:
    backends: [127.0.0.1:9001]
    balance: { strategy: sticky-cookie, secret: s3cret-that-is-long }
    health: { active: { headers: { Authorization: s3cret-five } } }
)"));
  INFO(json);
  CHECK_FALSE(has(json, "s3cret"));
  CHECK(has(json, "\"token\": \"(hidden)\""));
  CHECK(has(json, "\"secret\": \"(hidden)\""));
  CHECK(has(json, "\"X-Env\": \"prod\""));
}
