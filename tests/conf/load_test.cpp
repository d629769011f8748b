#include "conf/load.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "balancing/strategies.h"
#include "conf/print.h"

using namespace poise::conf;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

Config load(const std::string& text) {
  const Loaded loaded = load_text(text, "test.yaml");
  if (!loaded.ok()) FAIL(render(loaded.error(), false));
  return *loaded;
}

// A folder of configuration files, gone at the end of the test.
class Folder {
 public:
  using Files = std::map<std::string, std::string>;

  explicit Folder(const Files& files) {
    std::string pattern = (fs::temp_directory_path() / "poise-conf-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
    for (const auto& [name, text] : files) std::ofstream(path_ / name) << text;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path() const { return path_.string(); }

  // What is wrong with the folder, its own path left out.
  std::string faults() const {
    const Loaded loaded = load_file(path());
    REQUIRE_FALSE(loaded.ok());
    std::string text = render(loaded.error(), false);
    for (auto at = text.find(path()); at != text.npos; at = text.find(path())) {
      text.erase(at, path().size() + 1);
    }
    return text;
  }

 private:
  fs::path path_;
};

const std::string kListener = "listeners:\n  - bind: :8080\n    pool: app\n";
const std::string kPool = "pools:\n  app:\n    backends: [127.0.0.1:9001]\n";

}  // namespace

TEST_CASE("the smallest configuration has one route for everything, and the defaults") {
  const Config config = load(kListener + kPool);
  REQUIRE(config.listeners.size() == 1);
  const ListenerConfig& listener = config.listeners[0];
  CHECK(listener.name == ":8080");
  CHECK(listener.protocol == Protocol::http);
  CHECK(listener.limits.header_bytes == 32U * 1024);
  CHECK(listener.timeouts.idle == 75s);
  REQUIRE(listener.routes.size() == 1);
  CHECK(listener.routes[0].name == "route-1");
  CHECK(listener.routes[0].pool == "app");
  CHECK(config.workers == 0);
  CHECK(config.drain == 30s);
  CHECK(config.log.access.to == "off");
  REQUIRE(config.pools.size() == 1);
  CHECK(config.pools[0].balance.strategy == "round-robin");
  CHECK(config.pools[0].backends[0].name == "127.0.0.1:9001");
  CHECK(config.pools[0].retry.attempts == 2);
}

TEST_CASE("what is given arrives where it belongs") {
  const Config config = load(R"(
workers: 4
affinity: true
log: { level: warn, format: json, access: { to: /var/log/a, format: combined, sample: 5% } }
trusted_proxies: [10.0.0.0/8, "::1"]
shutdown: { drain: 1m }
listeners:
  - name: web
    bind: [":8080", "[::1]:8443", "unix:/run/poise", "localhost:1"]
    proxy_protocol: off
    limits: { connections: 9, header_bytes: 8KiB, headers: 5, uri_bytes: 1KiB, body_bytes: 10MB, requests_per_connection: 3 }
    timeouts: { header: 1s, body_idle: 2s, idle: 3s, write_idle: 4s, request: 5s }
    routes:
      - name: first
        match:
          host: API.example.com
          path: /v1/
          path_exact:
          path_regex: "/v1/.*"
          methods: [GET, PUT]
          headers: { x-canary: 1 }
          query: { beta: "*" }
          source: [10.0.0.0/8]
          sni:
        split: { app: 95, next: 5 }
        rewrite: { strip_prefix: /v1, path: , host: inner }
        request_headers: { set: { X-Env: prod }, add: {}, remove: [X-Debug] }
        response_headers: { add: { X-B: c } }
        timeouts: { request: 30s, try: 10s }
        retry: { attempts: 1 }
        compress: false
        allow: [10.0.0.0/8]
        deny: [10.1.0.0/16]
      - redirect: { to: "https://{host}{path}", status: 308 }
        match: { path: /old }
      - respond: { status: 404, body: none, content_type: text/html }
  - bind: 127.0.0.1:5432
    protocol: tcp
    timeouts: { idle: 2h }
    pool: next
pools:
  app:
    balance: { strategy: round-robin }
    backends:
      - 127.0.0.1:9001
      - { address: "[::1]:80", weight: 3, max_connections: 200, name: big }
    protocol: http1
    proxy_protocol: off
    connections: { max: 1, idle: 2, idle_timeout: 3s, connect_timeout: 4s, max_age: 5s }
    queue: { size: 6, timeout: 7s }
    retry: { attempts: 8, on: [connect], budget: 9%, min_per_second: 10, backoff: 11ms, try_timeout: 12s, non_idempotent: true, replay_bytes: 13 }
    hedge: off
    limit: off
    timeouts: { response_header: 14s, response_idle: 15s }
    slow_start: 0s
    panic: 0%
  next:
    backends: [unix:/run/app]
)");
  CHECK(config.workers == 4);
  CHECK(config.affinity);
  CHECK(config.log.level == LogLevel::warn);
  CHECK(config.log.format == LogFormat::json);
  CHECK(config.log.access.to == "/var/log/a");
  CHECK(config.log.access.format == poise::exchange::AccessFormat::combined);
  CHECK(config.log.access.sample == Approx(0.05));
  CHECK(config.trusted_proxies.size() == 2);
  CHECK(config.drain == 60s);

  const ListenerConfig& web = config.listeners.at(0);
  CHECK(web.name == "web");
  REQUIRE(web.bind.size() == 4);
  CHECK(web.bind[0].text() == "[::]:8080");
  CHECK(web.bind[2].is_unix());
  CHECK(web.bind[3].text() == "127.0.0.1:1");
  CHECK(web.limits.connections == 9);
  CHECK(web.limits.body_bytes == 10'000'000);
  CHECK(web.limits.requests_per_connection == 3);
  CHECK(web.timeouts.header == 1s);
  CHECK(web.timeouts.body_idle == 2s);
  CHECK(web.timeouts.write_idle == 4s);
  CHECK(web.timeouts.request == 5s);

  REQUIRE(web.routes.size() == 3);
  const auto& first = web.routes[0];
  CHECK(first.match.host == "api.example.com");
  CHECK(first.match.path == "/v1/");
  CHECK(first.match.path_exact.empty());
  CHECK(first.match.path_regex == "/v1/.*");
  CHECK(first.match.methods == std::vector<std::string>{"GET", "PUT"});
  CHECK(first.match.headers.at(0) == std::pair<std::string, std::string>("x-canary", "1"));
  CHECK(first.match.query.at(0) == std::pair<std::string, std::string>("beta", "*"));
  CHECK(first.match.source.size() == 1);
  REQUIRE(first.split.size() == 2);
  CHECK(first.split[1].pool == "next");
  CHECK(first.split[1].weight == 5);
  CHECK(first.rewrite.strip_prefix == "/v1");
  CHECK(first.rewrite.host == "inner");
  CHECK(first.request_headers.set.at(0).second == "prod");
  CHECK(first.request_headers.remove.at(0) == "X-Debug");
  CHECK(first.response_headers.add.at(0).first == "X-B");
  CHECK(first.request_timeout == 30s);
  CHECK(first.try_timeout == 10s);
  CHECK(first.has_retry);
  CHECK(first.allow.size() == 1);
  CHECK(first.deny.size() == 1);
  CHECK(web.routes[1].name == "route-2");
  CHECK(web.routes[1].redirect->status == 308);
  CHECK(web.routes[1].request_timeout < 0s);
  CHECK(web.routes[2].respond->status == 404);
  CHECK(web.routes[2].respond->content_type == "text/html");
  CHECK(config.listeners.at(1).protocol == Protocol::tcp);

  const auto& app = config.pools.at(0);
  REQUIRE(app.backends.size() == 2);
  CHECK(app.backends[1].name == "big");
  CHECK(app.backends[1].weight == 3);
  CHECK(app.backends[1].max_connections == 200);
  CHECK(app.connections.max == 1);
  CHECK(app.connections.idle == 2);
  CHECK(app.connections.idle_timeout == 3s);
  CHECK(app.connections.connect_timeout == 4s);
  CHECK(app.connections.max_age == 5s);
  CHECK(app.queue.size == 6);
  CHECK(app.queue.timeout == 7s);
  CHECK(app.retry.attempts == 8);
  CHECK(app.retry.on_connect);
  CHECK_FALSE(app.retry.on_reset_before_response);
  CHECK_FALSE(app.retry.on_refused_stream);
  CHECK(app.retry.budget == Approx(0.09));
  CHECK(app.retry.backoff == 11ms);
  CHECK(app.retry.non_idempotent);
  CHECK(app.retry.replay_bytes == 13);
  CHECK(app.timeouts.response_header == 14s);
  CHECK(app.timeouts.response_idle == 15s);
  CHECK(config.pools.at(1).backends.at(0).address.is_unix());
}

TEST_CASE("a route's retry says only what differs from its pool's") {
  const Config config =
      load("listeners:\n  - bind: :1\n    routes: [{ pool: app, retry: { attempts: 5 } }]\n" +
           kPool + "    retry: { attempts: 1, backoff: 99ms, non_idempotent: true }\n");
  const auto& retry = config.listeners.at(0).routes.at(0).retry;
  CHECK(retry.attempts == 5);
  CHECK(retry.backoff == 99ms);
  CHECK(retry.non_idempotent);
}

TEST_CASE("every strategy there is can be named") {
  for (const auto* name : {"round-robin", "least-connections", "ip-hash", "sticky-cookie", "random",
                           "power-of-two", "peak-ewma", "maglev", "ring-hash"}) {
    CAPTURE(name);
    const Loaded loaded =
        load_text(kListener + kPool + "    balance: " + std::string(name) + "\n", "test.yaml");
    REQUIRE(loaded.ok());
    CHECK(loaded->pools[0].balance.strategy == name);
  }
}

TEST_CASE("health is read, and is passive alone where nothing is said of it") {
  const Loaded loaded = load_text(
      "listeners: [{ bind: ':1', pool: a }, { bind: ':2', pool: b }]\n"
      "pools:\n"
      "  a: { backends: ['127.0.0.1:1'] }\n"
      "  b:\n"
      "    backends: ['127.0.0.1:1']\n"
      "    health:\n"
      "      active: { type: tcp, interval: 1s, interval_down: 2s, rise: 4, port: 99,\n"
      "                max_latency: 1s, initial: down }\n"
      "      passive: { latency_factor: 2.5, failure_percent: 30%, eject: 10m }\n",
      "test.yaml");
  REQUIRE(loaded.ok());
  const auto& quiet = loaded->pools[0].health;
  CHECK(quiet.active.probe == nullptr);
  CHECK(quiet.passive.enabled);
  CHECK(quiet.passive.consecutive_failures == 5);
  CHECK_FALSE(quiet.passive.wants_window());
  const auto& full = loaded->pools[1].health;
  REQUIRE(full.active.probe != nullptr);
  CHECK(full.active.probe->kind() == "tcp");
  CHECK(full.active.interval_down == 2s);
  CHECK(full.active.rise == 4);
  CHECK(full.active.port == 99);
  CHECK(full.active.initial == poise::health::Initial::down);
  CHECK(full.passive.latency_factor == 2.5);
  CHECK(full.passive.wants_window());
  CHECK(full.passive.max_eject == 10min);  // never less than the first
}

TEST_CASE("two configurations of health are equal when they say the same") {
  const auto health_of = [](const std::string& active) {
    const Loaded loaded = load_text(
        "listeners: [{ bind: ':1', pool: a }]\npools:\n  a:\n    backends: ['127.0.0.1:1']\n"
        "    health: { active: " +
            active + " }\n",
        "test.yaml");
    REQUIRE(loaded.ok());
    return loaded->pools[0].health;
  };
  CHECK(health_of("{ path: /a, expect_status: 200 }") ==
        health_of("{ expect_status: [200], path: /a, type: http }"));
  const auto usual = health_of("{}");
  for (const char* other :
       {"off", "{ type: tcp }", "{ path: /b }", "{ method: HEAD }", "{ host: a }", "{ fall: 4 }",
        "{ headers: { A: b } }", "{ expect_status: 204 }", "{ expect_body: a }",
        "{ expect_body: { regex: a } }", "{ interval: 7s }", "{ initial: down }"}) {
    CHECK_FALSE(health_of(other) == usual);
  }
}

TEST_CASE("latency of a pool that only TCP listeners use is a warning") {
  Diagnostics warnings;
  const Loaded loaded = load_text(
      "listeners: [{ bind: ':1', protocol: tcp, pool: a }]\n"
      "pools:\n"
      "  a:\n"
      "    backends: ['127.0.0.1:1']\n"
      "    health: { passive: { latency_factor: 3 } }\n",
      "test.yaml", &warnings);
  REQUIRE(loaded.ok());
  CHECK_FALSE(warnings.failed());
  REQUIRE(warnings.sorted().size() == 1);
  CHECK(warnings.sorted()[0].at.line == 5);
  CHECK(warnings.sorted()[0].at.column == 26);
}

TEST_CASE("a pool nobody uses is a warning, not an error") {
  Diagnostics warnings;
  const Loaded loaded = load_text(kListener + kPool + "  spare:\n    backends: [127.0.0.1:1]\n",
                                  "test.yaml", &warnings);
  REQUIRE(loaded.ok());
  CHECK_FALSE(warnings.failed());
  CHECK(render(warnings, false) ==
        "test.yaml:7:3: warning: pool 'spare' is not used\n    7 |   spare:\n      |   ^~~~~\n");
}

TEST_CASE("redirects and responses alone need no pool") {
  const Config config = load(
      "listeners:\n  - bind: :1\n    routes: [{ redirect: { to: \"https://{host}{path}\" } }]\n");
  CHECK(config.pools.empty());
}

TEST_CASE("a folder's files are merged by section") {
  const Folder folder({{"10-web.yaml", kListener + kPool},
                       {"20-more.yaml",
                        "listeners:\n  - bind: :9090\n    pool: more\n"
                        "pools:\n  more:\n    backends: [127.0.0.1:1]\n"},
                       {"30-log.yaml", "workers: 2\npools:\n"},
                       {".hidden.yaml", "nonsense"},
                       {"readme.txt", "nonsense"}});
  const Loaded loaded = load_file(folder.path());
  if (!loaded.ok()) FAIL(render(loaded.error(), false));
  CHECK(loaded->listeners.size() == 2);
  CHECK(loaded->pools.size() == 2);
  CHECK(loaded->workers == 2);
}

TEST_CASE("what two files of a folder both set is an error that names both") {
  const Folder folder({{"a.yaml", "workers: 1\n" + kListener + kPool},
                       {"b.yaml", "workers: 2\n" + kPool},
                       {"c.yaml", "listeners: 5\n"}});
  CHECK(folder.faults() ==
        "b.yaml:1:1: error: 'workers' is set in two files; it is first given in a.yaml:1\n"
        "    1 | workers: 2\n      | ^~~~~~~\n"
        "b.yaml:3:3: error: 'app' is set in two files; it is first given in a.yaml:6\n"
        "    3 |   app:\n      |   ^~~\n"
        "c.yaml:1:1: error: 'listeners' is set in two files; it is first given in a.yaml:2\n"
        "    1 | listeners: 5\n      | ^~~~~~~~~\n");
}

TEST_CASE("a file of a folder that is no YAML is reported without follow-ups") {
  const Folder folder({{"a.yaml", kListener}, {"b.yaml", "pools: [\n"}});
  CHECK_THAT(folder.faults(), Catch::StartsWith("b.yaml:2:1: error: expected ',' or ']' here"));
  CHECK_THAT(folder.faults(), !Catch::Contains("a.yaml"));
}

TEST_CASE("a folder without configuration is the environment's fault") {
  const Folder folder(Folder::Files{{"x.txt", ""}});
  const Loaded loaded = load_file(folder.path());
  REQUIRE_FALSE(loaded.ok());
  CHECK(exit_code_of(loaded.error()) == 3);
}

TEST_CASE("tiers, zones, slow start and panic are read") {
  const auto config = load("zone: eu-1\n" + kListener +
                           "pools:\n  app:\n    slow_start: 30s\n    panic: 25%\n    backends:\n"
                           "      - { address: 127.0.0.1:1, zone: eu-1 }\n"
                           "      - { address: 127.0.0.1:2, tier: 3 }\n");
  CHECK(config.zone == "eu-1");
  const auto& pool = config.pools.at(0);
  CHECK(pool.slow_start == 30s);
  CHECK(pool.panic == 0.25);
  CHECK(pool.backends.at(0).zone == "eu-1");
  CHECK(pool.backends.at(0).tier == 0);
  CHECK(pool.backends.at(1).tier == 3);
}

TEST_CASE("a zone that no backend has any use for is a warning") {
  Diagnostics warnings;
  REQUIRE(load_text("zone: eu-1\n" + kListener + kPool, "test.yaml", &warnings).ok());
  CHECK_THAT(render(warnings, false), Catch::Contains("'zone' has no effect"));
}
