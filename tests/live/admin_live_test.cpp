// The admin of a running poise, asked as its users ask it: by curl, by programs that keep their
// connections, and by those who mean it no good.
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/proxied_backend.h"

using namespace poise::support;
using nlohmann::json;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

const std::string kAdmin = "admin: { bind: \"127.0.0.1:0\" }\n";
const std::string kWithToken = "admin: { bind: \"127.0.0.1:0\", token: secret-of-admin }\n";
const std::string kMark = "X-Poise: 1\r\n";
const std::string kToken = "Authorization: Bearer secret-of-admin\r\n";

std::uint16_t admin_port(LivePoise& poise, std::size_t nth = 0) {
  const auto line = poise.process().standard_error().wait_for_line("admin at http://", nth);
  if (!line) throw std::runtime_error("poise has no admin");
  return static_cast<std::uint16_t>(std::stoul(line->substr(line->rfind(':') + 1)));
}

std::string of_admin(const std::string& line, const std::string& fields = "") {
  return line + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

Answer asked(std::uint16_t port, const std::string& line, const std::string& fields = "") {
  return RawClient(port).ask(of_admin(line, fields));
}

json body_of(const Answer& answer) {
  INFO(describe(answer) << answer.message.body);
  return json::parse(answer.message.body);
}

struct AdminScene : ProxiedBackend {
  explicit AdminScene(const std::string& top = kAdmin, const std::string& pool = "")
      : ProxiedBackend(ordinary_script(), pool, "", top), port(admin_port(poise)) {}

  json get(const std::string& path) const { return body_of(asked(port, "GET " + path)); }

  std::uint16_t port;
};

std::string curl(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"curl", "--silent", "--show-error", "--max-time", "20"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  ChildProcess child(all);
  child.wait_for_exit();
  child.standard_output().wait_for_end();
  return child.standard_output().text();
}

}  // namespace

TEST_CASE("curl gets whatever the admin shows") {
  AdminScene scene;
  CHECK(scene.client().ask(get_text("1")).status() == 200);
  const std::string at = "http://127.0.0.1:" + std::to_string(scene.port);
  CHECK(curl({at + "/healthz"}) == "alive\n");
  CHECK(curl({at + "/readyz"}) == "ready\n");
  const json status = json::parse(curl({at + "/api/v1/status"}));
  CHECK(status["state"] == "running");
  CHECK(status["pid"] == scene.poise.process().pid());
  CHECK(status["generation"] == 1);
  CHECK(status["last_reload"].is_null());
  CHECK(status["requests_total"] == 1);
  CHECK(status["codes"]["2xx"] == 1);
  CHECK(status["workers"].size() == 1);
  CHECK(status["listeners"][0]["protocol"] == "http");
  CHECK(status["listeners"][0]["bind"][0] == "127.0.0.1:" + std::to_string(scene.poise.port()));
  CHECK(status["listeners"][0]["connections_total"] == 1);
  CHECK(status["open_fds"].get<int>() > 5);
  const json pools = json::parse(curl({at + "/api/v1/pools"}));
  CHECK(pools["pools"][0] == json::parse(curl({at + "/api/v1/pools/app"})));
  const json config = json::parse(curl({at + "/api/v1/config"}));
  CHECK(config["pools"]["app"]["backends"][0]["address"] == scene.backend.address());
  const json explained = json::parse(
      curl({"--get", "--data-urlencode", "url=http://t.test/x y", at + "/api/v1/explain"}));
  CHECK(explained.contains("error"));
  CHECK(json::parse(curl({at + "/api/v1/explain?url=http://t.test/x"}))["request"] == "GET /x");
  CHECK(json::parse(curl({"-H", "X-Poise: 1", "-X", "POST",
                          at + "/api/v1/log-level?level=debug"})) == json{{"level", "debug"}});
}

TEST_CASE("the pools show what became of each backend's requests and health") {
  RefusingPort nobody;
  AdminScene scene(kAdmin,
                   "    retry: { attempts: 0 }\n    health: { active: { type: tcp, interval: "
                   "50ms, rise: 1, fall: 1 } }\n");
  for (int i = 0; i < 3; ++i) CHECK(scene.client().ask(get_text("1")).status() == 200);
  json pool = scene.get("/api/v1/pools/app");
  CHECK(pool["balance"] == "round-robin");
  CHECK(pool["healthy"] == 1);
  CHECK(pool["backends"][0]["requests_total"] == 3);
  CHECK(pool["backends"][0]["codes"]["2xx"] == 3);
  CHECK(pool["backends"][0]["state"] == "up");
  scene.backend.go_down();
  REQUIRE(comes_true([&] {
    pool = scene.get("/api/v1/pools/app");
    return pool["backends"][0]["state"] == "down";
  }));
  CHECK(pool["healthy"] == 0);
  CHECK(pool["backends"][0]["last_transition"]["to"] == "down");
  CHECK(has(pool["backends"][0]["last_transition"]["evidence"], "tcp probe"));
  CHECK(scene.client().ask(get_text("1")).status() == 503);
  const json explained = scene.get("/api/v1/explain?url=http://t.test/");
  const json candidate = explained["listeners"][0]["pools"][0]["candidates"][0];
  CHECK(candidate["state"] == "down");
  CHECK(candidate["why_not"] == "down");
  CHECK(body_of(asked(scene.port, "GET /api/v1/pools/none"))["error"] == "there is no pool 'none'");
}

TEST_CASE("the status follows reloads, good and bad, and the configuration is the one in force") {
  AdminScene scene(kAdmin);
  const std::string good = simple_config({scene.backend.address()}, "    panic: 10%\n", "", kAdmin);
  CHECK(has(scene.poise.reload(good), "reloaded"));
  json status = scene.get("/api/v1/status");
  CHECK(status["generation"] == 2);
  CHECK(status["last_reload"]["ok"] == true);
  CHECK(status["last_reload"]["took_ms"].get<double>() > 0);
  CHECK(scene.get("/api/v1/config")["pools"]["app"]["panic"] == "10%");
  CHECK(has(scene.poise.reload(good + "nonsense: 1\n"), "refused"));
  status = scene.get("/api/v1/status");
  CHECK(status["generation"] == 2);
  CHECK(status["last_reload"]["ok"] == false);
  CHECK(status["last_reload"]["error"] == "the configuration has errors");
}

TEST_CASE("the admin tells who may not, what is not there, and what is too much") {
  AdminScene scene(kWithToken);
  const std::string change = "POST /api/v1/log-level?level=info";
  CHECK(asked(scene.port, change).status() == 401);
  CHECK(asked(scene.port, change, kMark).status() == 401);
  CHECK(asked(scene.port, change, "Authorization: Bearer secret-of-admi\r\n").status() == 401);
  CHECK(asked(scene.port, change, kToken).status() == 200);
  CHECK(asked(scene.port, "POST /api/v1/log-level?level=loud", kToken).status() == 400);
  CHECK(asked(scene.port, "GET /api/v1/status", "Host: evil.example\r\n").status() == 400);
  CHECK(RawClient(scene.port)
            .ask("GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            .status() == 403);
  CHECK(asked(scene.port, "GET /api/v2").status() == 404);
  const Answer wrong = asked(scene.port, "GET /api/v1/log-level");
  CHECK(wrong.status() == 405);
  CHECK(wrong.message.value("Allow") == "POST");
  CHECK(asked(scene.port, change, kToken + "Content-Length: 4194305\r\n").status() == 413);
}

TEST_CASE("garbage at the admin harms nobody") {
  AdminScene scene;
  for (const std::string& garbage :
       {std::string("\x16\x03\x01\x00\xff"), std::string(1000, '\0'), std::string(100'000, 'A'),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}) {
    RawClient client(scene.port);
    client.send(garbage);
    client.socket().shut_down_writing();
    (void)client.read_answer();
  }
  CHECK(asked(scene.port, "GET /healthz").status() == 200);
  CHECK(scene.client().ask(get_text("1")).status() == 200);
}

TEST_CASE("a client keeps its connection to the admin for a thousand requests") {
  AdminScene scene;
  RawClient client(scene.port);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(client.ask(of_admin(i % 2 == 0 ? "GET /healthz" : "GET /api/v1/pools")).status() ==
            200);
  }
}

TEST_CASE("who comes while all places at the admin are taken by the idle is let in") {
  AdminScene scene;
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 64; ++i) {
    idle.push_back(std::make_unique<RawClient>(scene.port));
    REQUIRE(idle.back()->ask(of_admin("GET /healthz")).status() == 200);
  }
  CHECK(asked(scene.port, "GET /healthz").status() == 200);
}

TEST_CASE("the admin answers bytewise clients, and its slow ones hold up nobody") {
  AdminScene scene;
  RawClient slow(scene.port);
  slow.send("GET /api/v1/sta");
  CHECK(asked(scene.port, "GET /healthz").status() == 200);
  for (const char c : std::string("tus HTTP/1.1\r\nHost: localhost\r\n\r\n")) slow.send({&c, 1});
  CHECK(slow.read_answer().status() == 200);
}

TEST_CASE("the admin is live: its socket stays, moves, and goes with the configuration") {
  AdminScene scene;
  RawClient kept(scene.port);
  CHECK(kept.ask(of_admin("GET /healthz")).status() == 200);
  const auto with = [&](const std::string& admin) {
    return simple_config({scene.backend.address()}, "", "", admin);
  };
  CHECK(has(scene.poise.reload(with(kWithToken)), "reloaded"));
  CHECK(kept.ask(of_admin("POST /api/v1/log-level?level=info", kMark)).status() == 401);
  CHECK(kept.ask(of_admin("POST /api/v1/log-level?level=info", kToken)).status() == 200);

  CHECK(has(scene.poise.reload(with("admin: { bind: \"[::1]:0\" }\n")), "reloaded"));
  CHECK(kept.is_closed_by_peer());
  CHECK_FALSE(RawClient(scene.port).is_connected());

  const ListeningSocket taken;
  CHECK(has(scene.poise.reload(
                with("admin: { bind: \"127.0.0.1:" + std::to_string(taken.port()) + "\" }\n")),
            "reload refused: admin cannot listen on 127.0.0.1:"));

  CHECK(has(scene.poise.reload(with("admin: off\n")), "reloaded"));
  CHECK(has(scene.poise.reload(with(kAdmin)), "reloaded"));
  CHECK(asked(admin_port(scene.poise, 2), "GET /readyz").status() == 200);
}

TEST_CASE("the admin listens on a Unix socket too, and leaves no file behind") {
  const ScratchFolder folder;
  const std::string path = folder.path("admin.sock");
  ProxiedBackend scene(ordinary_script(), "", "", "admin: { bind: \"unix:" + path + "\" }\n");
  REQUIRE(scene.poise.process().standard_error().wait_for_line("admin at unix:"));
  CHECK(RawClient(path).ask(of_admin("GET /healthz")).status() == 200);
  CHECK(scene.poise.stop() == 0);
  CHECK_FALSE(RawClient(path).is_connected());
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("while poise drains it says that it is not ready, and stops when all is done") {
  Gate gate;
  AdminScene scene;
  RecordingBackend held(answering([&](const StrictMessage&) {
    Reply reply = plain_reply("held");
    reply.before_piece = [&](std::size_t) { gate.wait(); };
    return reply;
  }));
  CHECK(has(scene.poise.reload(simple_config({held.address()}, "", "", kAdmin)), "reloaded"));
  RawClient client = scene.client();
  client.send(get_text("1"));
  REQUIRE(comes_true([&] { return held.request_count() == 1; }));
  scene.poise.process().signal(SIGTERM);
  REQUIRE(comes_true([&] { return asked(scene.port, "GET /readyz").status() == 503; }));
  CHECK(asked(scene.port, "GET /healthz").status() == 200);
  CHECK(scene.get("/api/v1/status")["state"] == "draining");
  gate.open();
  CHECK(client.read_answer().status() == 200);
  CHECK(scene.poise.process().wait_for_exit() == 0);
}
