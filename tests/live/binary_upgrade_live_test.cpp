// SIGUSR2: another executable takes over, or fails to, and nobody who connects or is connected
// notices.
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/support/proxied_backend.h"
#include "tests/support/request_load.h"
#include "tests/support/secured_poise.h"
#include "tests/support/succession.h"

using namespace poise::support;

namespace {

const std::string kHandshake =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

BackendScript websocket() {
  return answering([](const StrictMessage&) {
    return Reply{{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\n\r\n"},
                 AfterReply::tunnel,
                 {}};
  });
}

bool echoes(RawClient& client, const std::string& bytes) {
  return client.send(bytes) && client.read_bytes(bytes.size()) == bytes;
}

std::string config(const RecordingBackend& backend, const std::string& top = "workers: 2\n") {
  return top + "listeners:\n  - name: web\n    bind: 127.0.0.1:0\n    pool: app\n" +
         "pools:\n  app:\n    backends: [\"" + backend.address() + "\"]\n";
}

// Three, unless somebody asks for more.
int upgrades_wanted() {
  const char* wanted = std::getenv("POISE_TEST_UPGRADES");
  return wanted != nullptr ? std::atoi(wanted) : 3;
}

bool answers(Succession& poise) {
  return RawClient(poise.port()).ask(get_text("1")).status() == 200;
}

}  // namespace

TEST_CASE("no request fails while executables follow each other") {
  RecordingBackend backend;
  Succession poise(config(backend));
  RequestLoad load(poise.port());
  for (int i = 0; i < upgrades_wanted(); ++i) {
    const pid_t before = poise.in_charge();
    if (!poise.upgrade()) FAIL(poise.log());
    CHECK(poise.in_charge() != before);
    CHECK(poise.exit_code(before) == 0);
    load.wait_for(50);
  }
  load.stop();
  CHECK(load.faults() == "");
}

TEST_CASE("no request fails while the number of workers changes with the executable") {
  RecordingBackend backend;
  Succession poise(config(backend, "workers: 1\n"));
  RequestLoad load(poise.port(), RequestLoad::Clients::new_only);
  for (const char* workers : {"3", "1", "2"}) {
    poise.write_config(config(backend, "workers: " + std::string(workers) + "\n"));
    if (!poise.upgrade()) FAIL(poise.log());
    load.wait_for(50);
  }
  load.stop();
  CHECK(load.faults() == "");
}

TEST_CASE("an executable that fails leaves the old process in charge, and a good one follows") {
  RecordingBackend backend;
  Succession poise(config(backend));
  RequestLoad load(poise.port());
  poise.put_script("exit 7");
  poise.signal(poise.first(), SIGUSR2);
  REQUIRE(poise.line("upgrade failed: the new process ended with exit code 7; process " +
                     std::to_string(poise.first()) + " stays in charge"));
  poise.put_script("kill -9 $$");
  poise.signal(poise.first(), SIGUSR2);
  REQUIRE(poise.line("upgrade failed: the new process was ended by signal 9"));
  std::filesystem::remove(poise.folder().path("poise"));
  poise.signal(poise.first(), SIGUSR2);
  REQUIRE(poise.line("upgrade failed: cannot start " + poise.folder().path("poise") +
                     ": No such file or directory"));
  load.wait_for(50);
  poise.put_poise();
  CHECK(poise.upgrade());
  load.wait_for(50);
  load.stop();
  CHECK(load.faults() == "");
}

TEST_CASE("an executable that hangs is ended when its time is over") {
  RecordingBackend backend;
  Succession poise(config(backend, "upgrade: { timeout: 300ms }\n"));
  poise.put_script("exec sleep 600");
  poise.signal(poise.first(), SIGUSR2);
  REQUIRE(poise.line("upgrade failed: the new process was not ready within 300ms"));
  CHECK(answers(poise));
  CHECK(poise.is_running(poise.first()));
}

TEST_CASE("an upgrade with a faulty configuration says what is wrong and changes nothing") {
  RecordingBackend backend;
  Succession poise(config(backend));
  poise.write_config("listeners: [{ bnid: 1 }]\n");
  poise.signal(poise.first(), SIGUSR2);
  REQUIRE(poise.line("upgrade failed: the new process ended with exit code 1"));
  CHECK(poise.log().find("unknown key 'bnid'") != std::string::npos);
  CHECK(answers(poise));
}

TEST_CASE("while one upgrade is under way, another one and a reload are refused") {
  RecordingBackend backend;
  Succession poise(config(backend));
  poise.put_script("exec sleep 600");
  poise.signal(poise.first(), SIGUSR2);
  REQUIRE(poise.line("upgrade: started"));
  poise.signal(poise.first(), SIGUSR2);
  CHECK(poise.line("upgrade refused: one is under way"));
  poise.signal(poise.first(), SIGHUP);
  CHECK(poise.line("reload refused: an upgrade is under way"));
  poise.signal(poise.first(), SIGTERM);
  CHECK(poise.line("upgrade failed: this process was told to stop"));
  CHECK(poise.exit_code(poise.first()) == 0);
}

TEST_CASE("sessions go on in the old process until they end, however often it is replaced") {
  RecordingBackend backend(websocket());
  const std::string tcp =
      "  - name: raw\n    bind: 127.0.0.1:0\n    protocol: tcp\n    pool: app\n";
  std::string yaml = config(backend);
  yaml.insert(yaml.find("pools:"), tcp);
  Succession poise(yaml, 2);
  RawClient web(poise.port(0));
  REQUIRE(web.ask(get_text("ws", kHandshake)).status() == 101);
  RawClient raw(poise.port(1));
  REQUIRE(raw.ask(get_text("ws", kHandshake)).status() == 101);
  for (int i = 0; i < 2; ++i) {
    if (!poise.upgrade()) FAIL(poise.log());
    CHECK(echoes(web, "through the old one"));
    CHECK(echoes(raw, "through the old one, too"));
  }
  CHECK(poise.is_running(poise.first()));
  RawClient fresh(poise.port(0));
  CHECK(fresh.ask(get_text("ws", kHandshake)).status() == 101);
  web.socket().close();
  CHECK(echoes(raw, "still there"));
  raw.socket().close();
  CHECK(poise.exit_code(poise.first()) == 0);
  CHECK(echoes(fresh, "through the new one"));
}

TEST_CASE("SIGTERM ends the old process and the new one, each by itself") {
  RecordingBackend backend(websocket());
  Succession poise(config(backend, "shutdown: { drain: 100ms }\n"));
  RawClient old_one(poise.port());
  REQUIRE(old_one.ask(get_text("ws", kHandshake)).status() == 101);
  REQUIRE(poise.upgrade());
  RawClient new_one(poise.port());
  REQUIRE(new_one.ask(get_text("ws", kHandshake)).status() == 101);
  poise.signal(poise.first(), SIGTERM);
  CHECK(poise.exit_code(poise.first()) == 0);
  CHECK(old_one.is_closed_by_peer());
  CHECK(echoes(new_one, "still there"));
  poise.signal(poise.in_charge(), SIGTERM);
  CHECK(poise.exit_code(poise.in_charge()) == 0);
  CHECK_FALSE(RawClient(poise.port()).is_connected());
}

TEST_CASE("each new process has the files the first one had, and no more") {
  RecordingBackend backend;
  Succession poise(config(backend));
  const auto sorted_kinds = [&] {
    std::vector<std::string> kinds;
    for (const std::string& file : poise.open_files(poise.in_charge())) {
      const std::string target = file.substr(file.find(' ') + 1);
      kinds.push_back(target.substr(0, target.find('[')));
    }
    std::sort(kinds.begin(), kinds.end());
    return kinds;
  };
  const auto has_shared_text = [&] {
    const auto kinds = sorted_kinds();
    return std::any_of(kinds.begin(), kinds.end(), [](const std::string& kind) {
      return kind.find("memfd") != std::string::npos;
    });
  };
  std::vector<std::string> second;
  for (int i = 0; i < 3; ++i) {
    const pid_t before = poise.in_charge();
    REQUIRE(poise.upgrade());
    REQUIRE(poise.exit_code(before) == 0);
    CHECK(comes_true([&] { return !has_shared_text(); }));
    if (i == 0) second = sorted_kinds();
    CHECK(comes_true([&] { return sorted_kinds() == second; }));
  }
}

TEST_CASE("an upgrade opens what the new configuration adds and closes what it drops") {
  RecordingBackend backend;
  Succession poise(config(backend));
  const std::string path = poise.folder().path("in.sock");
  std::string with_unix = config(backend);
  with_unix.insert(with_unix.find("pools:"),
                   "  - name: local\n    bind: unix:" + path + "\n    pool: app\n");
  poise.write_config(with_unix);
  REQUIRE(poise.upgrade());
  CHECK(RawClient(path).ask(get_text("1")).status() == 200);
  const pid_t with_path = poise.in_charge();
  REQUIRE(poise.upgrade());
  REQUIRE(poise.exit_code(with_path) == 0);
  CHECK(RawClient(path).ask(get_text("2")).status() == 200);
  poise.write_config(config(backend));
  REQUIRE(poise.upgrade());
  CHECK(comes_true([&] { return !std::filesystem::exists(path); }));
  CHECK(answers(poise));
}

TEST_CASE("the admin is with whoever is in charge, at the same address") {
  RecordingBackend backend;
  Succession poise(config(backend, "admin: { bind: 127.0.0.1:0 }\n"));
  const auto port_of_admin = [&](std::size_t nth) {
    const std::string said = poise.line("admin at http://", nth).value_or(":0/");
    return static_cast<std::uint16_t>(std::stoul(said.substr(said.rfind(':') + 1)));
  };
  const std::uint16_t port = port_of_admin(0);
  RawClient before(port);
  CHECK(before.ask(get_text("1")).is_complete());
  for (std::size_t i = 1; i < 3; ++i) {
    REQUIRE(poise.upgrade());
    CHECK(port_of_admin(i) == port);
    CHECK(RawClient(port).ask("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").status() == 200);
  }
  CHECK(before.is_closed_by_peer());
  CHECK(poise.exit_code(poise.first()) == 0);
  poise.put_script("exit 1");
  poise.signal(poise.in_charge(), SIGUSR2);
  REQUIRE(poise.line("stays in charge"));
  CHECK(RawClient(port).ask("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").status() == 200);
}

TEST_CASE("the admin replaces the executable, too, and says what became of it") {
  RecordingBackend backend;
  Succession poise(config(backend, "admin: { bind: 127.0.0.1:0 }\n"));
  const std::string said = poise.line("admin at http://").value_or(":0/");
  const auto port = static_cast<std::uint16_t>(std::stoul(said.substr(said.rfind(':') + 1)));
  const auto ask = [&] {
    return RawClient(port).ask(
        "POST /api/v1/upgrade HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "X-Poise: 1\r\nContent-Length: 0\r\n\r\n");
  };
  poise.put_script("exit 7");
  const Answer failed = ask();
  CHECK(failed.status() == 409);
  CHECK(failed.message.body.find("the new process ended with exit code 7") != std::string::npos);
  poise.put_poise();
  const Answer good = ask();
  CHECK(good.status() == 200);
  CHECK(good.message.body.find("\"pid\":") != std::string::npos);
  CHECK(poise.note_in_charge());
  CHECK(poise.exit_code(poise.first()) == 0);
  CHECK(answers(poise));
}

TEST_CASE("no counter falls by an upgrade, and what the old process still counts is added") {
  Gate gate;
  RecordingBackend backend(answering([&gate](const StrictMessage& request) {
    Reply reply = id_echo(request);
    if (request.target == "/held") reply.before_piece = [&gate](std::size_t) { gate.wait(); };
    return reply;
  }));
  Succession poise(config(backend, "admin: { bind: 127.0.0.1:0 }\n"));
  const std::string said = poise.line("admin at http://").value_or(":0/");
  const auto admin = static_cast<std::uint16_t>(std::stoul(said.substr(said.rfind(':') + 1)));
  const auto counted = [&] {
    RawClient client(admin);
    const std::string text =
        client.ask("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").message.body;
    const std::string series = "poise_backend_requests_total{";
    double sum = 0;
    for (auto at = text.find("\n" + series); at != text.npos;
         at = text.find("\n" + series, at + 1)) {
      sum += std::stod(text.substr(text.find("} ", at) + 2));
    }
    return static_cast<int>(sum);
  };
  for (int i = 0; i < 5; ++i) CHECK(answers(poise));
  CHECK(comes_true([&] { return counted() == 5; }));
  RawClient held(poise.port());
  held.send(request_text("GET /held", "X-Id: held\r\n"));
  REQUIRE(comes_true([&] { return backend.request_count() == 6; }));
  REQUIRE(poise.upgrade());
  CHECK(counted() == 5);
  CHECK(answers(poise));
  CHECK(comes_true([&] { return counted() == 6; }));
  gate.open();
  CHECK(held.read_answer().status() == 200);
  CHECK(poise.exit_code(poise.first()) == 0);
  CHECK(comes_true([&] { return counted() == 7; }));
  REQUIRE(poise.upgrade());
  CHECK(counted() == 7);
}

TEST_CASE("the new process knows whom its predecessor found down") {
  RecordingBackend good;
  RecordingBackend bad(answering([](const StrictMessage& request) {
    Reply reply = plain_reply("bad");
    if (request.target == "/health")
      reply.pieces = {"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"};
    return reply;
  }));
  const auto yaml = [&](const std::string& pace) {
    return "workers: 1\nlisteners:\n  - bind: 127.0.0.1:0\n    pool: app\npools:\n  app:\n"
           "    backends: [\"" +
           good.address() + "\", \"" + bad.address() +
           "\"]\n    health: { active: { type: http, path: /health, " + pace + " } }\n";
  };
  Succession poise(yaml("interval: 50ms, timeout: 40ms, fall: 2"));
  REQUIRE(poise.line(" down"));
  poise.write_config(yaml("interval: 1h, timeout: 1s, fall: 100"));
  REQUIRE(poise.upgrade());
  for (int i = 0; i < 6; ++i) {
    CHECK(RawClient(poise.port()).ask(get_text("1")).message.body != "bad");
  }
}

TEST_CASE("a client's cookie leads to its backend after an upgrade, too") {
  RecordingBackend one(answering([](const StrictMessage&) { return plain_reply("one"); }));
  RecordingBackend two(answering([](const StrictMessage&) { return plain_reply("two"); }));
  Succession poise(
      "workers: 1\nlisteners:\n  - bind: 127.0.0.1:0\n    pool: app\npools:\n  app:\n"
      "    balance: sticky-cookie\n    backends: [\"" +
      one.address() + "\", \"" + two.address() + "\"]\n");
  const Answer first = RawClient(poise.port()).ask(get_text("1"));
  std::string cookie = first.message.value("Set-Cookie");
  cookie = cookie.substr(0, cookie.find(';'));
  REQUIRE_FALSE(cookie.empty());
  REQUIRE(poise.upgrade());
  for (int i = 0; i < 6; ++i) {
    const Answer next = RawClient(poise.port()).ask(get_text("2", "Cookie: " + cookie + "\r\n"));
    CHECK(next.message.body == first.message.body);
  }
}

TEST_CASE("a TLS session is resumed by the new process") {
  SecuredPoise scene;  // for its backend and certificates; the poise is replaced
  const std::string certificate = in_yaml(scene.made.make("a.test"));
  Succession poise(scene.config("certificates: [" + certificate + "]"));
  const std::string session = scene.made.folder().path("session");
  (void)s_client(poise.port(), " -tls1_3 -sess_out " + session);
  REQUIRE(poise.upgrade());
  CHECK(holds(s_client(poise.port(), " -tls1_3 -sess_in " + session), "\nReused, "));
}
