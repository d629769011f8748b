// What a scrape says beside what clients and backends counted themselves.
#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "tests/support/proxied_backend.h"
#include "tests/support/scraped_metrics.h"

using namespace poise::support;

namespace {

const std::string kDeny =
    "    routes:\n"
    "      - { name: denied, match: { path: /denied }, pool: app, deny: [127.0.0.1/32] }\n"
    "      - { name: all, match: { path: / }, pool: app }\n";

// Two backends of which the second has this weight, by two workers.
std::string config(const RecordingBackend& one, const RecordingBackend& two, int weight) {
  return kAdminConfig + "workers: 2\nlisteners:\n  - name: web\n    bind: 127.0.0.1:0\n" + kDeny +
         "pools:\n  app:\n    backends: [{ name: one, address: \"" + one.address() +
         "\" }, { name: two, address: \"" + two.address() +
         "\", weight: " + std::to_string(weight) + " }]\n";
}

// Clients on threads of their own, each of which asks so often, on a few connections.
struct Clients {
  Clients(std::uint16_t port, std::size_t clients, std::size_t requests) {
    for (std::size_t i = 0; i < clients; ++i) {
      threads.emplace_back([this, port, requests] { ask(port, requests); });
    }
  }
  void join() {
    for (auto& thread : threads) thread.join();
    threads.clear();
  }
  ~Clients() { join(); }

  void ask(std::uint16_t port, std::size_t requests) {
    const std::string text = get_text("m");
    for (std::size_t sent = 0; sent < requests;) {
      RawClient client(port);
      for (bool keeps = true; keeps && sent < requests; ++sent) {
        const Answer answer = client.ask(text);
        keeps = answer.is_complete() && !answer.message.lists("Connection", "close");
        if (answer.status() != 200) continue;
        ++answered;
        bytes_out += text.size();
        bytes_in += answer.message.raw.size();
      }
    }
  }

  std::atomic<std::size_t> answered{0};
  std::atomic<std::size_t> bytes_out{0};
  std::atomic<std::size_t> bytes_in{0};
  std::vector<std::thread> threads;
};

// A request counts when its answer has left, which the client may notice earlier.
ScrapedMetrics scrape_after(std::uint16_t port, double requests) {
  Deadline deadline;
  while (true) {
    ScrapedMetrics metrics(port);
    if (metrics.sum("poise_requests_total{") >= requests || deadline.is_over()) return metrics;
  }
}

}  // namespace

TEST_CASE("totals are what clients and backends counted, also across reloads under load") {
  constexpr std::size_t kClients = 4;
  constexpr std::size_t kRequests = 300;
  constexpr std::size_t kAll = kClients * kRequests;
  RecordingBackend one;
  RecordingBackend two;
  LivePoise poise(config(one, two, 1));
  const std::uint16_t admin = admin_port(poise);
  Clients clients(poise.port(), kClients, kRequests);
  const ScrapedMetrics early(admin);
  for (int i = 0; i < 10; ++i) {
    REQUIRE(poise.reload(config(one, two, 2 + i % 2)).find("reloaded") != std::string::npos);
    CHECK(ScrapedMetrics(admin).fallen_since(early) == "");
  }
  clients.join();
  const ScrapedMetrics metrics = scrape_after(admin, kAll);
  const auto whole = static_cast<double>(kAll);
  CHECK(clients.answered == kAll);
  CHECK(metrics.sum("poise_requests_total{") == whole);
  CHECK(metrics[R"(poise_requests_total{listener="web",route="all",pool="app",code="2xx"})"] ==
        whole);
  CHECK(metrics.sum("poise_request_duration_seconds_count{") == whole);
  CHECK(metrics.sum("poise_self_duration_seconds_count{") == whole);
  for (const auto& [name, backend] : {std::pair{"one", &one}, std::pair{"two", &two}}) {
    INFO(name);
    const std::string labels = std::string(R"({pool="app",backend=")") + name + '"';
    const auto served = static_cast<double>(backend->request_count());
    CHECK(metrics["poise_backend_requests_total" + labels + R"(,code="2xx"})"] == served);
    CHECK(metrics["poise_backend_duration_seconds_count" + labels + '}'] == served);
    CHECK(metrics["poise_backend_wait_seconds_count" + labels + '}'] == served);
    CHECK(metrics["poise_backend_in_flight" + labels + '}'] == 0);
    CHECK(metrics["poise_backend_up" + labels + '}'] == 1);
  }
  CHECK(metrics[R"(poise_bytes_total{listener="web",direction="in"})"] ==
        static_cast<double>(clients.bytes_out));
  CHECK(metrics[R"(poise_bytes_total{listener="web",direction="out"})"] ==
        static_cast<double>(clients.bytes_in));
  CHECK(metrics["poise_config_reloads_total"] == 10);
  CHECK(metrics["poise_config_generation"] == 11);
  CHECK(comes_true([&] { return ScrapedMetrics(admin).sum("poise_connections{") == 0; }));
}

TEST_CASE("each failure counts once, by its cause, and on the backend whose fault it was") {
  RecordingBackend backend(answering([](const StrictMessage& request) {
    if (request.target == "/reset") return Reply{{}, AfterReply::reset, {}};
    if (request.target == "/slow") return Reply{{}, AfterReply::stall, {}};
    if (request.target == "/error") {
      return Reply{{"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"}, AfterReply::keep, {}};
    }
    return id_echo(request);
  }));
  LivePoise poise(kAdminConfig + "listeners:\n  - name: web\n    bind: 127.0.0.1:0\n" + kDeny +
                  "pools:\n  app:\n    timeouts: { response_header: 100ms }\n    retry: { "
                  "attempts: 1, non_idempotent: false }\n    backends: [{ name: one, address: \"" +
                  backend.address() + "\" }]\n");
  const auto ask = [&](const std::string& line) {
    return RawClient(poise.port()).ask(request_text(line)).status();
  };
  CHECK(ask("GET /") == 200);
  CHECK(ask("GET /error") == 503);
  CHECK(ask("GET /denied") == 403);
  CHECK(ask("GET /slow") == 504);
  CHECK(ask("GET /reset") == 502);  // tried twice
  CHECK(ask("POST /reset") == 502);
  CHECK(RawClient(poise.port()).ask("GET / HTTP/1.1\r\n\r\n").status() == 400);
  CHECK(RawClient(poise.port()).ask("GET / HTTP/1.1\nHost: a\r\n\r\n").status() == 400);

  const ScrapedMetrics metrics = scrape_after(admin_port(poise), 8);
  const std::string all = R"(listener="web",route="all",pool="app")";
  CHECK(metrics["poise_requests_total{" + all + R"(,code="2xx"})"] == 1);
  CHECK(metrics["poise_requests_total{" + all + R"(,code="5xx"})"] == 4);
  CHECK(metrics[R"(poise_requests_total{listener="web",route="denied",pool="",code="4xx"})"] == 1);
  CHECK(metrics[R"(poise_requests_total{listener="web",route="",pool="",code="4xx"})"] == 2);
  const std::string failures = "poise_request_failures_total{";
  CHECK(metrics[failures + all + R"(,cause="response_timeout"})"] == 1);
  CHECK(metrics[failures + all + R"(,cause="response_reset"})"] == 2);
  CHECK(metrics[failures + R"(listener="web",route="denied",pool="",cause="denied"})"] == 1);
  CHECK(metrics.sum(failures + R"(listener="web",route="",pool="",cause="request_malformed"})") ==
        2);
  CHECK(metrics.sum(failures) == 6);
  const std::string labels = R"({pool="app",backend="one")";
  CHECK(metrics["poise_backend_requests_total" + labels + R"(,code="5xx"})"] == 1);
  CHECK(metrics["poise_backend_failures_total" + labels + R"(,cause="response_reset"})"] == 3);
  CHECK(metrics["poise_backend_failures_total" + labels + R"(,cause="response_timeout"})"] == 1);
  CHECK(metrics.sum("poise_backend_failures_total{") == 4);
  CHECK(metrics[R"(poise_retries_total{pool="app"})"] == 1);
}

TEST_CASE("what clients send makes no series: ten thousand hosts, paths and methods") {
  RecordingBackend backend;
  LivePoise poise(kAdminConfig + simple_config({backend.address()}));
  const std::uint16_t admin = admin_port(poise);
  std::mt19937 random(11);
  const auto word = [&] {
    std::string text;
    for (int i = 0; i < 6; ++i) text += static_cast<char>('A' + random() % 26);
    return text;
  };
  std::size_t series = 0;
  for (int i = 0; i < 10'000;) {
    RawClient client(poise.port());
    for (bool keeps = true; keeps && i < 10'000; ++i) {
      // Few of these words are methods, and one request in sixteen is none at all.
      const std::string method = random() % 2 == 0 ? "GET" : word();
      const std::string fault = random() % 16 == 0 ? " " : "";
      const Answer answer = client.ask(method + fault + " /" + word() + "?" + word() +
                                       " HTTP/1.1\r\nHost: " + word() + ".test\r\n\r\n");
      keeps = answer.is_complete() && !answer.message.lists("Connection", "close");
      if (i == 500) series = ScrapedMetrics(admin).count();
    }
  }
  const ScrapedMetrics metrics = scrape_after(admin, 10'000);
  CHECK(metrics.sum("poise_requests_total{") == 10'000);
  CHECK(series > 100);
  CHECK(metrics.count() == series);
}

TEST_CASE("TCP sessions count too, and while they last") {
  RecordingBackend backend;
  LivePoise poise(kAdminConfig +
                  "listeners:\n  - { name: db, bind: \"127.0.0.1:0\", protocol: tcp, pool: app }\n"
                  "pools: { app: { backends: [{ name: one, address: \"" +
                  backend.address() + "\" }] } }\n");
  const std::uint16_t admin = admin_port(poise);
  {
    RawClient client(poise.port());
    REQUIRE(client.ask(get_text("x")).status() == 200);
    const ScrapedMetrics during(admin);
    CHECK(during[R"(poise_connections{listener="db"})"] == 1);
    CHECK(during[R"(poise_backend_in_flight{pool="app",backend="one"})"] == 1);
    CHECK(during.sum("poise_requests_total{") == 0);
  }
  const ScrapedMetrics after = scrape_after(admin, 1);
  CHECK(after.sum("poise_requests_total{") == 1);
  CHECK(after[R"(poise_connections{listener="db"})"] == 0);
  CHECK(after[R"(poise_bytes_total{listener="db",direction="in"})"] ==
        static_cast<double>(get_text("x").size()));
}

TEST_CASE("a listener that gets another name takes its open connections along") {
  RecordingBackend backend;
  const auto named = [&](const std::string& name) {
    return kAdminConfig + "listeners: [{ name: " + name +
           ", bind: \"127.0.0.1:0\", pool: app }]\npools: { app: { backends: [\"" +
           backend.address() + "\"] } }\n";
  };
  LivePoise poise("workers: 1\n" + named("old"));
  const std::uint16_t admin = admin_port(poise);
  RawClient client(poise.port());
  REQUIRE(client.ask(get_text("1")).status() == 200);
  CHECK(ScrapedMetrics(admin)[R"(poise_connections{listener="old"})"] == 1);
  REQUIRE(poise.reload("workers: 1\n" + named("new")).find("reloaded") != std::string::npos);
  REQUIRE(client.ask(get_text("2")).status() == 200);
  const ScrapedMetrics metrics = scrape_after(admin, 1);
  CHECK(metrics.sum(R"(poise_requests_total{listener="new")") == 1);
  CHECK(metrics[R"(poise_connections{listener="new"})"] == 1);
  CHECK(metrics[R"(poise_worker_connections{worker="0"})"] == 1);
  CHECK_FALSE(metrics.has(R"(poise_connections{listener="old"})"));
}

TEST_CASE("nothing falls when workers go and others come in their place") {
  RecordingBackend backend;
  const auto with = [&](int workers) {
    return "workers: " + std::to_string(workers) + "\n" + kAdminConfig +
           "listeners: [{ name: web, bind: \"127.0.0.1:0\", pool: app }]\n"
           "pools: { app: { backends: [\"" +
           backend.address() + "\"] } }\n";
  };
  LivePoise poise(with(3));
  const std::uint16_t admin = admin_port(poise);
  constexpr std::size_t kRound = 60;
  double asked = 0;
  for (const int workers : {1, 3, 2}) {
    Clients clients(poise.port(), 6, kRound / 6);
    clients.join();
    CHECK(clients.answered == kRound);
    const ScrapedMetrics before = scrape_after(admin, asked += kRound);
    REQUIRE(poise.reload(with(workers)).find("reloaded") != std::string::npos);
    CHECK(ScrapedMetrics(admin).fallen_since(before) == "");
  }
  CHECK(ScrapedMetrics(admin).sum("poise_requests_total{") == asked);
}

TEST_CASE("the event stream ticks with what came since") {
  RecordingBackend backend;
  LivePoise poise(kAdminConfig + simple_config({backend.address()}));
  const std::string admin = "http://127.0.0.1:" + std::to_string(admin_port(poise));
  ChildProcess reader({"curl", "-sN", admin + "/api/v1/events"});
  RawClient client(poise.port());
  const auto tick_of_traffic = [&] {
    REQUIRE(client.ask(get_text("t")).status() == 200);
    return reader.standard_output().text().find(R"("codes_per_s":{"2xx":)") != std::string::npos;
  };
  CHECK(comes_true(tick_of_traffic));
  CHECK(reader.standard_output().wait_for_line("event: tick", 1));
}
