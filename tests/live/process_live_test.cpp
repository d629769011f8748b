// The program as a process: command line, exit codes, draining, scarce descriptors, Unix sockets.
#include <signal.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

// Answers /held only once told to.
BackendScript holding(Gate& gate) {
  return answering([&gate](const StrictMessage& request) {
    Reply reply = id_echo(request);
    if (request.target == "/held") reply.before_piece = [&gate](std::size_t) { gate.wait(); };
    return reply;
  });
}

// Told to stop while one client waits for an answer and another one is idle.
struct Draining {
  Draining() : idle(scene.client()), running(scene.client()) {
    CHECK(idle.ask(get_text("before")).status() == 200);
    running.send(request_text("GET /held", "X-Id: held\r\n"));
    REQUIRE(comes_true([&] { return scene.backend.request_count() == 2; }));
    scene.poise.process().signal(SIGTERM);
    CHECK(comes_true([&] { return !scene.client().is_connected(); }));
  }
  int exit_code() { return scene.poise.process().wait_for_exit().value_or(-1); }

  Gate gate;  // holds the answer back
  ProxiedBackend scene{holding(gate), "", "", "shutdown: { drain: 10s }\n"};
  RawClient idle;
  RawClient running;
};

int exit_code_with(const std::string& yaml) {
  ScratchFolder folder;
  ChildProcess process({poise_binary(), "run", "-c", folder.write("poise.yaml", yaml)});
  return process.wait_for_exit().value_or(-1);
}

}  // namespace

TEST_CASE("poise runs without a file, from its arguments") {
  RecordingBackend one;
  RecordingBackend two;
  LivePoise poise(std::vector<std::string>{"--listen", "127.0.0.1:0", "--to",
                                           one.address() + "," + two.address()});
  for (const std::string id : {"one", "two", "three", "four"})
    CHECK(RawClient(poise.port()).ask(get_text(id)).message.value("X-Seen-Id") == id);
  CHECK(one.request_count() + two.request_count() == 4);
  CHECK(poise.stop().value_or(-1) == 0);
}

TEST_CASE("a faulty configuration ends with 1, a port in use with 3") {
  CHECK(exit_code_with("listeners: [{ bnid: 1 }]\n") == 1);
  const ListeningSocket other;
  CHECK(exit_code_with("listeners:\n  - bind: 127.0.0.1:" + std::to_string(other.port()) +
                       "\n    pool: app\npools:\n  app:\n    backends: [\"127.0.0.1:1\"]\n") == 3);
}

TEST_CASE("SIGTERM lets a running request finish and then ends with 0") {
  Draining draining;
  CHECK(draining.scene.poise.is_alive());
  draining.gate.open();
  const Answer answer = draining.running.read_answer();
  CHECK(answer.message.value("X-Seen-Id") == "held");
  CHECK(answer.message.lists("Connection", "close"));
  CHECK(draining.running.is_closed_by_peer());
  CHECK(draining.exit_code() == 0);
}

TEST_CASE("a request on an idle connection meets an answer or a close while draining") {
  Draining draining;
  const Answer answer = draining.idle.ask(get_text("after"));
  if (answer.is_complete()) {
    CHECK(answer.message.value("X-Seen-Id") == "after");
    CHECK(answer.message.lists("Connection", "close"));
  } else {
    CHECK(answer.end == AnswerEnd::nothing);
  }
  draining.gate.open();
  CHECK(draining.exit_code() == 0);
}

TEST_CASE("a request that does not finish is cut when the drain time is over") {
  Gate never;
  ProxiedBackend scene(answering([](const StrictMessage&) {
                         return Reply{{}, AfterReply::stall, {}};
                       }),
                       "", "", "shutdown: { drain: 200ms }\n");
  RawClient running = scene.client();
  running.send(get_text("held"));
  REQUIRE(comes_true([&] { return scene.backend.request_count() == 1; }));
  CHECK(scene.poise.stop().has_value());
}

TEST_CASE("a second SIGTERM ends at once") {
  ProxiedBackend scene(answering([](const StrictMessage&) {
    return Reply{{}, AfterReply::stall, {}};
  }));
  RawClient running = scene.client();
  running.send(get_text("held"));
  REQUIRE(comes_true([&] { return scene.backend.request_count() == 1; }));
  scene.poise.process().signal(SIGTERM);
  CHECK(comes_true([&] { return !scene.client().is_connected(); }));
  CHECK(scene.poise.is_alive());
  CHECK(scene.poise.stop().has_value());
}

TEST_CASE("out of descriptors, poise waits for some and goes on") {
  ProxiedBackend scene;
  CHECK(scene.client().ask(get_text("before")).status() == 200);
  scene.poise.process().limit_open_files(48);
  std::vector<RawClient> clients;
  for (int i = 0; i < 80; ++i) clients.emplace_back(scene.poise.port());
  for (RawClient& client : clients) client.send(get_text("crowd"));
  clients.clear();
  CHECK(comes_true([&] {
    RawClient client = scene.client();
    client.send(get_text("after"));
    return client.read_answer("GET", Deadline(Milliseconds(500))).message.value("X-Seen-Id") ==
           "after";
  }));
  CHECK(scene.poise.is_alive());
}

TEST_CASE("poise listens on a Unix socket and calls backends on one") {
  ScratchFolder folder;
  RecordingBackend backend(folder.path("backend.sock"));
  const std::string bind = folder.path("poise.sock");
  LivePoise poise("listeners:\n  - bind: unix:" + bind + "\n    pool: app\npools:\n  app:\n" +
                  "    backends: [\"unix:" + folder.path("backend.sock") + "\"]\n");
  RawClient client(bind);
  REQUIRE(client.is_connected());
  CHECK(client.ask(get_text("x")).message.value("X-Seen-Id") == "x");
}

TEST_CASE("a stale Unix socket file does not stop poise from starting") {
  ScratchFolder folder;
  RecordingBackend backend;
  const std::string path = folder.path("poise.sock");
  const std::string yaml = "listeners:\n  - bind: unix:" + path +
                           "\n    pool: app\npools:\n  app:\n    backends: [\"" +
                           backend.address() + "\"]\n";
  {
    LivePoise killed(yaml);
    killed.process().signal(SIGKILL);
    killed.process().wait_for_exit();
  }
  LivePoise poise(yaml);
  CHECK(RawClient(path).ask(get_text("x")).status() == 200);
}
