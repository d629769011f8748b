// Every cause that can happen today, provoked, and seen as the same word in the access log, in the
// flight recorder, in the metrics and in the answer's Proxy-Status.
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/admin_client.h"
#include "tests/support/proxied_backend.h"

using namespace poise::support;
using nlohmann::json;

namespace {

// Those of docs/logging.md that no configuration can provoke yet, and why.
const std::map<std::string, std::string> kCannotHappen{
    {"connect_tls", "backends are not spoken to over TLS yet"},
    {"breaker_open", "`breaker` is not built yet"},
    {"shed", "`limit` is not built yet"},
    {"rate_limited", "`rate_limit` is not built yet"},
};
const std::vector<std::string> kAll{"no_route",
                                    "no_backend",
                                    "all_unhealthy",
                                    "connect_refused",
                                    "connect_timeout",
                                    "connect_unreachable",
                                    "connect_tls",
                                    "dns_failed",
                                    "queue_full",
                                    "queue_timeout",
                                    "breaker_open",
                                    "shed",
                                    "rate_limited",
                                    "denied",
                                    "request_malformed",
                                    "request_smuggling",
                                    "request_too_large",
                                    "request_timeout",
                                    "header_timeout",
                                    "body_timeout",
                                    "client_gone",
                                    "client_too_slow",
                                    "response_timeout",
                                    "response_reset",
                                    "response_malformed",
                                    "response_too_large",
                                    "response_truncated",
                                    "retry_budget",
                                    "deadline",
                                    "draining",
                                    "internal"};

// What a scene is made of; whoever provokes a cause may change it before it begins.
struct Scene {
  std::vector<std::string> backends{};  // empty: the recording one's
  std::string pool{};                   // more lines of the pool, of the listener, of the top
  std::string listener{};
  std::string top{};
  std::string routes{};  // in place of `pool: app`
  bool is_tcp = false;
};

std::string config_of(const Scene& scene, const RecordingBackend& backend) {
  std::string list;
  const auto backends =
      scene.backends.empty() ? std::vector{'"' + backend.address() + '"'} : scene.backends;
  for (const std::string& one : backends) list += (list.empty() ? "" : ", ") + one;
  return "admin: { bind: 127.0.0.1:0 }\nworkers: 1\n"
         "log: { access: { to: stdout, format: json } }\n" +
         scene.top + "listeners:\n  - bind: 127.0.0.1:0\n" +
         (scene.is_tcp ? "    protocol: tcp\n" : "") +
         (scene.routes.empty() ? "    pool: app\n" : scene.routes) + scene.listener +
         "pools:\n  app:\n" + scene.pool + "    backends: [" + list + "]\n";
}

// A running poise with one backend, as the scene says.
struct Stage {
  Stage(const Scene& scene, BackendScript script)
      : backend(std::move(script)), poise(config_of(scene, backend)) {}

  RawClient client() const { return RawClient(poise.port()); }
  std::string get() { return get_text("x"); }

  RecordingBackend backend;
  LivePoise poise;
};

struct Provoked {
  Answer answer{};               // nothing where the client gets none
  std::shared_ptr<void> kept{};  // what must live until the log was read
};

struct Case {
  std::string cause;
  std::string phase;
  Scene scene;
  BackendScript script;
  std::function<Provoked(Stage&)> provoke;
  std::string proxy_status;  // its error type; empty: the client gets no such field
};

Provoked ask(Stage& stage) { return {stage.client().ask(get_text("x"))}; }

Provoked ask_with(Stage& stage, const std::string& bytes) {
  RawClient client = stage.client();
  client.send(bytes);
  return {client.read_answer()};
}

BackendScript replying(Reply reply) {
  return answering([reply](const StrictMessage&) { return reply; });
}
BackendScript stalling() { return replying({{}, AfterReply::stall, {}}); }
BackendScript raw(const std::string& bytes, AfterReply after = AfterReply::close) {
  return replying({{bytes}, after, {}});
}

// One request has the only connection, another one comes.
Provoked ask_behind_another(Stage& stage) {
  auto first = std::make_shared<RawClient>(stage.poise.port());
  first->send(get_text("first"));
  comes_true([&] { return stage.backend.request_count() == 1; });
  return {stage.client().ask(get_text("second")), first};
}

Provoked leave(Stage& stage) {
  RawClient client = stage.client();
  client.send(get_text("x"));
  comes_true([&] { return stage.backend.request_count() == 1; });
  client.socket().reset();
  return {};
}

// Asks for much and reads nothing.
Provoked sleep_on_answer(Stage& stage) {
  auto client = std::make_shared<RawClient>(stage.poise.port());
  client->socket().limit_receive_buffer(4096);
  client->send(get_text("x"));
  return {{}, client};
}

Provoked say_nothing(Stage& stage) {
  auto client = std::make_shared<RawClient>(stage.poise.port());
  return {{}, client};
}

Provoked stop_while_asking(Stage& stage) {
  auto client = std::make_shared<RawClient>(stage.poise.port());
  client->send(get_text("x"));
  comes_true([&] { return stage.backend.request_count() == 1; });
  stage.poise.process().signal(SIGTERM);
  return {{}, client};
}

// The number the next descriptor of the process would get.
rlim_t next_descriptor(pid_t pid) {
  rlim_t number = 0;
  while (std::filesystem::is_symlink("/proc/" + std::to_string(pid) + "/fd/" +
                                     std::to_string(number))) {
    ++number;
  }
  return number;
}

// The soft limit only, so that it can be taken back.
void limit_descriptors(pid_t pid, rlim_t count) {
  rlimit limit{};
  ::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit);
  limit.rlim_cur = std::min(count, limit.rlim_max);
  ::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr);
}

// Enough descriptors for the client, none for the backend.
Provoked ask_without_descriptors(Stage& stage) {
  const pid_t pid = stage.poise.process().pid();
  const rlim_t before = next_descriptor(pid);
  auto client = std::make_shared<RawClient>(stage.poise.port());
  client->send("GET /a HTTP/1.1\r\n");
  comes_true([&] { return next_descriptor(pid) != before; });
  limit_descriptors(pid, next_descriptor(pid));
  client->send("Host: t.test\r\n\r\n");
  const Answer answer = client->read_answer();
  limit_descriptors(pid, RLIM_INFINITY);
  return {answer, client};
}

// Listens, and its queue is full: who connects hears nothing.
class FullPort {
 public:
  FullPort() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket_.fd(), any, length) == 0);
    REQUIRE(::listen(socket_.fd(), 0) == 0);
    REQUIRE(::getsockname(socket_.fd(), any, &length) == 0);
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i) {
      waiting_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      (void)::connect(waiting_.back().fd(), any, length);
    }
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  BlockingSocket socket_;
  std::vector<BlockingSocket> waiting_;
  std::uint16_t port_ = 0;
};

std::vector<Case> all_cases(const RefusingPort& nobody, const FullPort& full) {
  const std::string refusing = '"' + nobody.address() + '"';
  const std::string once = "    retry: { attempts: 0 }\n";
  std::vector<Case> cases;
  const auto add = [&](Case one) { cases.push_back(std::move(one)); };
  add({"no_route",
       "request",
       {.routes = "    routes: [{ match: { host: only.test }, pool: app }]\n"},
       ordinary_script(),
       ask,
       "destination_not_found"});
  add({"no_backend",
       "queue",
       {.backends = {"{ address: \"name.test:80\" }", "{ address: " + refusing + ", weight: 0 }"},
        .top = "dns: { servers: [\"" + nobody.address() + "\"], timeout: 50ms, attempts: 1 }\n"},
       ordinary_script(),
       ask,
       "destination_unavailable"});
  add({"all_unhealthy",
       "queue",
       {.backends = {refusing}, .pool = "    health: { active: { type: tcp, initial: down } }\n"},
       ordinary_script(),
       ask,
       "destination_unavailable"});
  add({"dns_failed",
       "queue",
       {.backends = {"\"name.test:80\""},
        .top = "dns: { servers: [\"" + nobody.address() + "\"], timeout: 50ms, attempts: 1 }\n"},
       ordinary_script(),
       ask,
       "dns_error"});
  add({"connect_refused",
       "connect",
       {.backends = {refusing}, .pool = once},
       ordinary_script(),
       ask,
       "connection_refused"});
  add({"connect_timeout",
       "connect",
       {.backends = {'"' + full.address() + '"'},
        .pool = once + "    connections: { connect_timeout: 100ms }\n"},
       ordinary_script(),
       ask,
       "connection_timeout"});
  add({"connect_unreachable",
       "connect",
       {.backends = {"\"unix:/dev/null/nowhere\""}, .pool = once},
       ordinary_script(),
       ask,
       "destination_ip_unroutable"});
  add({"queue_full",
       "queue",
       {.pool = once + "    connections: { max: 1 }\n    queue: { size: 0 }\n"},
       stalling(),
       ask_behind_another,
       "connection_limit_reached"});
  add({"queue_timeout",
       "queue",
       {.pool = once + "    connections: { max: 1 }\n    queue: { size: 1, timeout: 50ms }\n"},
       stalling(),
       ask_behind_another,
       "connection_limit_reached"});
  add({"denied",
       "request",
       {.routes = "    routes: [{ pool: app, deny: [127.0.0.0/8] }]\n"},
       ordinary_script(),
       ask,
       "http_request_denied"});
  add({"request_malformed",
       "request",
       {},
       ordinary_script(),
       [](Stage& stage) { return ask_with(stage, "GET /a HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n"); },
       "http_request_error"});
  add({"request_smuggling",
       "request",
       {},
       ordinary_script(),
       [](Stage& stage) {
         return ask_with(stage,
                         "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
       },
       "http_request_error"});
  add({"request_too_large",
       "request",
       {.listener = "    limits: { uri_bytes: 64 }\n"},
       ordinary_script(),
       [](Stage& stage) { return ask_with(stage, request_text("GET /" + std::string(200, 'a'))); },
       "http_request_error"});
  add({"request_timeout",
       "tunnel",
       {.listener = "    timeouts: { idle: 50ms }\n", .is_tcp = true},
       ordinary_script(),
       say_nothing,
       ""});
  add({"header_timeout",
       "request",
       {.listener = "    timeouts: { header: 50ms }\n"},
       ordinary_script(),
       [](Stage& stage) { return ask_with(stage, "GET /a HTTP/1.1\r\nHo"); },
       "http_request_error"});
  add({"body_timeout",
       "request",
       {.listener = "    timeouts: { body_idle: 50ms }\n"},
       ordinary_script(),
       [](Stage& stage) {
         return ask_with(stage, request_text("POST /a", "Content-Length: 9\r\n") + "half");
       },
       "http_request_error"});
  add({"client_gone", "wait", {}, stalling(), leave, ""});
  add({"client_too_slow",
       "respond",
       {.listener = "    timeouts: { write_idle: 200ms }\n"},
       raw("HTTP/1.1 200 OK\r\nContent-Length: 33554432\r\n\r\n" + std::string(33554432, 'x'),
           AfterReply::keep),
       sleep_on_answer,
       ""});
  add({"response_timeout",
       "wait",
       {.pool = "    timeouts: { response_header: 50ms }\n"},
       stalling(),
       ask,
       "http_response_timeout"});
  add({"response_reset",
       "wait",
       {.pool = once},
       replying({{}, AfterReply::reset, {}}),
       ask,
       "connection_terminated"});
  add({"response_malformed", "wait", {}, raw("hello\r\n\r\n"), ask, "http_protocol_error"});
  add({"response_too_large",
       "wait",
       {},
       raw("HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n"),
       ask,
       "http_response_header_section_size"});
  add({"response_truncated",
       "respond",
       {},
       raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
       ask,
       ""});
  add({"retry_budget",
       "wait",
       {.pool = "    retry: { attempts: 2, budget: 0%, min_per_second: 0 }\n"},
       replying({{}, AfterReply::close, {}}),
       ask,
       "proxy_internal_response"});
  add({"deadline",
       "wait",
       {.listener = "    timeouts: { request: 50ms }\n"},
       stalling(),
       ask,
       "http_response_timeout"});
  add({"draining",
       "respond",
       {.top = "shutdown: { drain: 50ms }\n"},
       stalling(),
       stop_while_asking,
       ""});
  add({"internal",
       "connect",
       {.pool = once},
       ordinary_script(),
       ask_without_descriptors,
       "proxy_internal_error"});
  return cases;
}

json logged(Stage& stage, const std::string& cause) {
  const auto line =
      stage.poise.process().standard_output().wait_for_line("\"cause\":\"" + cause + '"');
  REQUIRE(line.has_value());
  return json::parse(*line);
}

void check_recorder(const AdminClient& admin, const json& line) {
  const json found = admin.get_json("/api/v1/failures?cause=" + line["cause"].get<std::string>());
  REQUIRE(found["failures"].size() == 1);
  const json& record = found["failures"][0];
  CHECK(record["id"] == line["id"]);
  CHECK(record["cause"] == line["cause"]);
  CHECK(record["phase"] == line["phase"]);
  CHECK(record["kind"] == "failed");
  CHECK(record["backend"] == line["backend"]);
  REQUIRE_FALSE(record["timeline"].empty());
  CHECK(record["timeline"].back()["what"] == "end");
}

// poise_request_failures_total{…,cause="no_route",…} 1
void check_metric(const AdminClient& admin, const std::string& cause) {
  const Answer answer = admin.get("/metrics");
  if (answer.status() == 404) {
    WARN("no /metrics yet");
    return;
  }
  std::istringstream lines(answer.message.body);
  double count = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool is_it = line.starts_with("poise_request_failures_total{") &&
                       line.find("cause=\"" + cause + '"') != line.npos;
    if (is_it) count += std::stod(line.substr(line.rfind(' ')));
  }
  CHECK(count == 1);
}

}  // namespace

TEST_CASE("each cause is provoked, or it is said why it cannot be") {
  const RefusingPort nobody;
  std::set<std::string> known;
  const FullPort full;
  for (const Case& one : all_cases(nobody, full)) known.insert(one.cause);
  for (const auto& [cause, reason] : kCannotHappen) known.insert(cause);
  CHECK(known == std::set<std::string>(kAll.begin(), kAll.end()));
}

TEST_CASE("each cause is one word in the log, the recorder, the metrics and Proxy-Status") {
  const RefusingPort nobody;
  const FullPort full;
  for (const Case& one : all_cases(nobody, full)) {
    INFO(one.cause);
    Stage stage(one.scene, one.script);
    const AdminClient admin(stage.poise);
    const Provoked provoked = one.provoke(stage);
    const json line = logged(stage, one.cause);
    CHECK(line["phase"] == one.phase);
    const std::string status = provoked.answer.message.value("Proxy-Status");
    if (one.proxy_status.empty()) {
      CHECK(status.empty());
    } else {
      CHECK(status.find("poise; error=" + one.proxy_status + "; details=\"" + one.cause + ' ') ==
            0);
      CHECK(line["status"] == provoked.answer.status());
    }
    if (one.cause == "draining") continue;  // the process is gone with its recorder
    check_recorder(admin, line);
    check_metric(admin, one.cause);
  }
}
