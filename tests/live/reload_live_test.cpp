// What a reload changes and what it leaves alone, with real connections through real reloads.
#include <signal.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

bool says(const std::string& line, const std::string& part) {
  INFO(line);
  return line.find(part) != std::string::npos;
}

std::string name_of(const Answer& answer) { return answer.message.body; }

// A backend that answers with its own name.
BackendScript called(const std::string& name) {
  return answering([name](const StrictMessage&) { return plain_reply(name); });
}

// As `called`, but "/held" only once the gate is open.
BackendScript holding(const std::string& name, Gate& gate) {
  return answering([name, &gate](const StrictMessage& request) {
    Reply reply = plain_reply(name);
    if (request.target == "/held") reply.before_piece = [&gate](std::size_t) { gate.wait(); };
    return reply;
  });
}

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

std::string listener(const std::string& name, const std::string& rest) {
  return "  - name: " + name + "\n    bind: 127.0.0.1:0\n" + rest;
}

std::string pool(const std::string& name, const std::string& backends) {
  return "  " + name + ":\n    backends: [" + backends + "]\n";
}

}  // namespace

TEST_CASE("a reload adds, weighs and removes backends for the requests after it") {
  RecordingBackend one(called("one"));
  RecordingBackend two(called("two"));
  LivePoise poise(simple_config({one.address()}));
  RawClient client(poise.port());
  CHECK(name_of(client.ask(get_text("1"))) == "one");

  CHECK(
      says(poise.reload(simple_config({two.address()})), "reloaded: generation 2 with 1 workers"));
  CHECK(name_of(client.ask(get_text("2"))) == "two");
  CHECK(says(poise.reload(simple_config({one.address(), two.address()})), "1 backend added"));
  CHECK(name_of(client.ask(get_text("3"))) != name_of(client.ask(get_text("4"))));

  const std::string weighted =
      "\"" + one.address() + "\", {address: \"" + two.address() + "\", weight: 0}";
  CHECK(says(poise.reload("workers: 1\nlisteners:\n  - bind: 127.0.0.1:0\n    pool: app\npools:\n" +
                          pool("app", weighted)),
             ": 1 backend changed"));
  for (int i = 0; i < 4; ++i) CHECK(name_of(client.ask(get_text("5"))) == "one");
}

TEST_CASE("a request under way ends where it began, though its backend and route are gone") {
  Gate gate;
  RecordingBackend old_backend(holding("old", gate));
  RecordingBackend new_backend(called("new"));
  LivePoise poise(simple_config({old_backend.address()}));
  RawClient held(poise.port());
  held.send(request_text("GET /held", ""));
  REQUIRE(comes_true([&] { return old_backend.request_count() == 1; }));

  poise.reload("workers: 1\nlisteners:\n" +
               listener("127.0.0.1:0",
                        "    routes:\n      - name: other\n        pool: next\n        "
                        "response_headers: { set: { X-Route: other } }\n") +
               "pools:\n" + pool("next", '"' + new_backend.address() + '"'));
  RawClient fresh(poise.port());
  const Answer after = fresh.ask(get_text("2"));
  CHECK(name_of(after) == "new");
  CHECK(after.message.value("X-Route") == "other");

  gate.open();
  const Answer answer = held.read_answer();
  CHECK(name_of(answer) == "old");
  CHECK_FALSE(answer.message.has("X-Route"));
  CHECK(name_of(held.ask(get_text("3"))) == "new");
  CHECK(comes_true([&] { return old_backend.open_connections() == 0; }));
}

TEST_CASE("tunnels and sessions live through reloads that change everything about them") {
  RecordingBackend sockets(websocket());
  RecordingBackend other(called("other"));
  ListeningSocket echo_port;
  const std::string tcp =
      listener("plain", "    protocol: tcp\n    pool: echo\n    timeouts: { idle: 60s }\n");
  LivePoise poise("workers: 1\nlisteners:\n" + listener("web", "    pool: sockets\n") + tcp +
                      "pools:\n" + pool("sockets", '"' + sockets.address() + '"') +
                      pool("echo", "\"127.0.0.1:" + std::to_string(echo_port.port()) + '"'),
                  2);
  RawClient tunnel(poise.port(0));
  REQUIRE(tunnel.ask(get_text("ws", kHandshake)).status() == 101);
  RawClient session(poise.port(1));
  BlockingSocket peer = echo_port.accept();
  std::thread echoing([&] {
    std::string bytes;
    while (peer.read_some(bytes, Deadline(kPatience * 4)) == ReadEnd::data) {
      peer.send(bytes);
      bytes.clear();
    }
  });
  for (int round = 0; round < 3; ++round) {
    const std::string name = "web" + std::to_string(round);
    CHECK(says(poise.reload("workers: 1\nlog: { access: { to: off } }\nlisteners:\n" +
                            listener(name, "    pool: next\n    limits: { body_bytes: 10 }\n") +
                            "pools:\n" + pool("next", '"' + other.address() + '"')),
               "reloaded"));
    CHECK(echoes(tunnel, std::string(50000, 'w')));
    CHECK(echoes(session, std::string(50000, 't')));
  }
  CHECK_FALSE(RawClient(poise.port(1)).is_connected());
  session.socket().shut_down_writing();
  tunnel.socket().close();
  echoing.join();
  peer.close();
  CHECK(comes_true([&] { return sockets.open_connections() == 0; }));
}

TEST_CASE(
    "a faulty file changes nothing, says every fault with its place, and the next one works") {
  RecordingBackend one(called("one"));
  RecordingBackend two(called("two"));
  LivePoise poise(simple_config({one.address()}));
  RawClient client(poise.port());
  CHECK(name_of(client.ask(get_text("1"))) == "one");

  CHECK(says(poise.reload(simple_config({two.address()}, "    blance: random\n    nonsense: 1\n")),
             "reload refused: the configuration has errors; generation 1 stays in force"));
  const std::string log = poise.process().standard_error().text();
  CHECK(says(log, "poise.yaml:8:5: error: unknown key 'blance' in pool 'app'; did you mean"));
  CHECK(says(log, "poise.yaml:9:5: error: unknown key 'nonsense' in pool 'app'"));
  CHECK(name_of(client.ask(get_text("2"))) == "one");

  CHECK(says(poise.reload(simple_config({two.address()})), "generation 2"));
  CHECK(name_of(client.ask(get_text("3"))) == "two");
}

TEST_CASE("what cannot be opened refuses the whole configuration") {
  RecordingBackend one(called("one"));
  RecordingBackend two(called("two"));
  const ListeningSocket taken;
  LivePoise poise(simple_config({one.address()}));
  const std::string base = simple_config({two.address()});
  const std::string taken_port =
      "  - bind: 127.0.0.1:" + std::to_string(taken.port()) +
      "\n    pool: app\n  - bind: \"unix:" + poise.folder().path("new.sock") +
      "\"\n    pool: app\n";
  std::string with_taken = base;
  with_taken.insert(with_taken.find("pools:"), taken_port);
  CHECK(says(poise.reload(with_taken), "refused: cannot listen on 127.0.0.1:"));
  CHECK(says(poise.reload("log: { access: { to: /nowhere/at/all } }\n" + base),
             "refused: cannot open access log /nowhere/at/all"));
  CHECK(name_of(RawClient(poise.port()).ask(get_text("1"))) == "one");
  struct stat info {};
  CHECK(::stat(poise.folder().path("new.sock").c_str(), &info) != 0);
}

TEST_CASE("without a file there is nothing to load again") {
  RecordingBackend backend;
  LivePoise poise(std::vector<std::string>{"--listen", "127.0.0.1:0", "--to", backend.address()});
  REQUIRE(poise.process().standard_error().wait_for_line("poise runs with"));
  poise.process().signal(SIGHUP);
  CHECK(poise.process().standard_error().wait_for_line(
      "reload refused: poise was started without a file"));
  CHECK(RawClient(poise.port()).ask(get_text("1")).status() == 200);
}

TEST_CASE("listeners come and go, and one that goes serves what it has") {
  Gate gate;
  RecordingBackend backend(holding("app", gate));
  const std::string pools = "pools:\n" + pool("app", '"' + backend.address() + '"');
  const std::string first = listener("first", "    pool: app\n");
  const std::string second = listener("second", "    pool: app\n");
  LivePoise poise("listeners:\n" + first + pools);

  CHECK(says(poise.reload("listeners:\n" + first + second + pools), ": 1 listener added"));
  const std::uint16_t added = poise.opened_port(1);
  RawClient idle(added);
  CHECK(idle.ask(get_text("1")).status() == 200);
  RawClient held(added);
  held.send(request_text("GET /held", ""));
  REQUIRE(comes_true([&] { return backend.request_count() == 2; }));

  CHECK(says(poise.reload("listeners:\n" + first + pools), ": 1 listener removed"));
  CHECK_FALSE(RawClient(added).is_connected());
  CHECK(RawClient(poise.port()).ask(get_text("2")).status() == 200);
  CHECK(idle.is_closed_by_peer());
  gate.open();
  const Answer answer = held.read_answer();
  CHECK(answer.status() == 200);
  CHECK(answer.message.lists("Connection", "close"));
  CHECK(held.is_closed_by_peer());
}

TEST_CASE("a listener that is renamed keeps its sockets and connections") {
  RecordingBackend backend(called("app"));
  const std::string pools = "pools:\n" + pool("app", '"' + backend.address() + '"');
  LivePoise poise("listeners:\n" + listener("before", "    pool: app\n") + pools);
  RawClient client(poise.port());
  CHECK(client.ask(get_text("1")).status() == 200);
  poise.reload("listeners:\n" + listener("after", "    pool: app\n") + pools);
  const Answer answer = client.ask(get_text("2"));
  CHECK(answer.status() == 200);
  CHECK_FALSE(answer.message.lists("Connection", "close"));
  CHECK(RawClient(poise.port()).ask(get_text("3")).status() == 200);
}

TEST_CASE("a port can change its protocol") {
  RecordingBackend backend(called("app"));
  const std::string pools = "pools:\n" + pool("app", '"' + backend.address() + '"');
  LivePoise poise("listeners:\n" + listener("port", "    pool: app\n") + pools);
  RawClient before(poise.port());
  CHECK(before.ask(get_text("1")).message.has("Via") == false);
  poise.reload("listeners:\n" + listener("port", "    protocol: tcp\n    pool: app\n") + pools);
  backend.take_requests();
  CHECK(RawClient(poise.port()).ask(get_text("2")).status() == 200);
  const auto requests = backend.take_requests();
  REQUIRE(requests.size() == 1);
  CHECK_FALSE(requests.front().has("X-Forwarded-For"));
}

TEST_CASE("a Unix listener stays through reloads, and its path goes with it") {
  RecordingBackend backend(called("app"));
  LivePoise poise(simple_config({backend.address()}));
  const std::string path = poise.folder().path("poise.sock");
  const std::string pools = "pools:\n" + pool("app", '"' + backend.address() + '"');
  const std::string unix_listener = "  - name: local\n    bind: \"unix:" + path + "\"\n";
  const std::string tcp = listener("127.0.0.1:0", "    pool: app\n");
  poise.reload("workers: 2\nlisteners:\n" + tcp + unix_listener + "    pool: app\n" + pools);
  RawClient client(path);
  CHECK(client.ask(get_text("1")).status() == 200);
  poise.reload("workers: 2\nlisteners:\n" + tcp + unix_listener +
               "    routes: [{ respond: { status: 204 } }]\n" + pools);
  CHECK(client.ask(get_text("2")).status() == 204);
  CHECK(RawClient(path).ask(get_text("3")).status() == 204);
  poise.reload("workers: 2\nlisteners:\n" + tcp + pools);
  struct stat info {};
  CHECK(::stat(path.c_str(), &info) != 0);
  CHECK_FALSE(RawClient(path).is_connected());
}

TEST_CASE("warm connections stay, whatever else changes") {
  RecordingBackend kept(called("kept"));
  RecordingBackend other(called("other"));
  const std::string kept_pool = pool("kept", '"' + kept.address() + '"');
  LivePoise poise("workers: 1\nlisteners:\n" + listener("web", "    pool: kept\n") + "pools:\n" +
                  kept_pool);
  for (int round = 0; round < 5; ++round) {
    CHECK(name_of(RawClient(poise.port()).ask(get_text("x"))) == "kept");
    const std::string more = "    connections: { idle: " + std::to_string(10 + round) + " }\n" +
                             "    retry: { attempts: " + std::to_string(round) + " }\n";
    CHECK(says(poise.reload("workers: 1\nlisteners:\n" +
                            listener("web" + std::to_string(round), "    pool: kept\n") +
                            "pools:\n" + kept_pool + more +
                            pool("other" + std::to_string(round), '"' + other.address() + '"')),
               "pool"));
  }
  CHECK(name_of(RawClient(poise.port()).ask(get_text("x"))) == "kept");
  CHECK(kept.accepted_count() == 1);
}

TEST_CASE("limits, timeouts and trusted proxies change for connections that are open") {
  RecordingBackend backend;
  LivePoise poise(simple_config({backend.address()}));
  RawClient client(poise.port());
  const std::string large = "X-Large: " + std::string(2000, 'x') + "\r\n";
  const std::string forwarded = "X-Forwarded-For: 203.0.113.9\r\n";
  CHECK(client.ask(get_text("1", large + forwarded)).status() == 200);
  CHECK(backend.take_requests().back().value("X-Forwarded-For") == "127.0.0.1");

  poise.reload(simple_config({backend.address()}, "", "", "trusted_proxies: [127.0.0.0/8]\n"));
  CHECK(client.ask(get_text("2", large + forwarded)).status() == 200);
  CHECK(backend.take_requests().back().value("X-Forwarded-For") == "203.0.113.9, 127.0.0.1");

  poise.reload(simple_config({backend.address()}, "", "    limits: { header_bytes: 1KiB }\n"));
  CHECK(client.ask(get_text("3", large)).status() == 431);

  RawClient idle(poise.port());
  CHECK(idle.ask(get_text("4")).status() == 200);
  poise.reload(simple_config({backend.address()}, "", "    timeouts: { idle: 50ms }\n"));
  CHECK(idle.is_closed_by_peer());
}

TEST_CASE("a connection within a request takes the new limits with its next one") {
  Gate gate;
  RecordingBackend backend(holding("app", gate));
  LivePoise poise(simple_config({backend.address()}));
  RawClient client(poise.port());
  client.send("POST /held HTTP/1.1\r\nHost: t.test\r\nContent-Length: 100\r\n\r\n");
  REQUIRE(comes_true([&] { return backend.unfinished_requests() == 1; }));
  poise.reload(simple_config({backend.address()}, "", "    limits: { body_bytes: 10 }\n"));
  client.send(std::string(100, 'b'));
  gate.open();
  CHECK(client.read_answer("POST").status() == 200);
  CHECK(client.ask(post_text("2", std::string(100, 'b'))).status() == 413);
}

TEST_CASE("the access log changes its file and format while requests come") {
  RecordingBackend backend;
  LivePoise poise(simple_config({backend.address()}));
  const auto logged_to = [&](const std::string& name, const std::string& format) {
    return "log: { access: { to: \"" + poise.folder().path(name) + "\", format: " + format +
           " } }\n";
  };
  RawClient client(poise.port());
  const auto reload_and_ask = [&](const std::string& top, const std::string& id) {
    poise.reload(simple_config({backend.address()}, "", "", top));
    CHECK(client.ask(request_text("GET /" + id, "X-Id: 1\r\n")).status() == 200);
  };
  reload_and_ask(logged_to("a.log", "json"), "first");
  reload_and_ask(logged_to("a.log", "common"), "second");
  reload_and_ask(logged_to("b.log", "common"), "third");
  reload_and_ask("", "fourth");
  reload_and_ask(logged_to("b.log", "json"), "fifth");
  CHECK(poise.stop().value_or(-1) == 0);
  const std::string a = poise.folder().read("a.log");
  const std::string b = poise.folder().read("b.log");
  CHECK(says(a, "\"path\":\"/first\""));
  CHECK(says(a, "\"GET /second HTTP/1.1\""));
  CHECK(says(b, "\"GET /third HTTP/1.1\""));
  CHECK(says(b, "\"path\":\"/fifth\""));
  CHECK(a.find("third") == a.npos);
  CHECK((a + b).find("fourth") == a.npos);
}
