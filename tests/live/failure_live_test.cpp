// What happens when a backend or a client does not do its part: who is asked again, who is told
// what, and how soon.
#include <catch2/catch.hpp>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

// Answers all but the n-th request (from 1), on which it closes without a byte.
BackendScript failing_at(std::size_t nth, AfterReply how, std::atomic<std::size_t>& count) {
  return answering([nth, how, &count](const StrictMessage& request) {
    return ++count == nth ? Reply{{}, how, {}} : id_echo(request);
  });
}

BackendScript never_answering() {
  return answering([](const StrictMessage&) { return Reply{{}, AfterReply::stall, {}}; });
}

void check_failure(const Answer& answer, int status, const std::string& error) {
  REQUIRE(answer.is_complete());
  CHECK(answer.status() == status);
  CHECK(answer.message.value("Proxy-Status").find("poise; error=" + error) == 0);
}

}  // namespace

TEST_CASE("a GET is sent again when a kept connection closes just as it is used") {
  const AfterReply how = GENERATE(AfterReply::close, AfterReply::reset);
  std::atomic<std::size_t> count{0};
  ProxiedBackend scene(failing_at(2, how, count));
  RawClient client = scene.client();
  CHECK(client.ask(get_text("one")).message.value("X-Seen-Id") == "one");
  CHECK(client.ask(get_text("two")).message.value("X-Seen-Id") == "two");
  CHECK(count == 3);
}

TEST_CASE("a kept connection the backend closed meanwhile is not used") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  CHECK(client.ask(get_text("one")).message.value("X-Seen-Id") == "one");
  scene.backend.close_connections();
  comes_true([&] { return scene.backend.open_connections() == 0; });
  CHECK(client.ask(post_text("two", "body")).message.value("X-Seen-Id") == "two");
}

TEST_CASE("a GET is sent again when a new connection closes before an answer") {
  std::atomic<std::size_t> count{0};
  ProxiedBackend scene(failing_at(1, AfterReply::close, count));
  CHECK(scene.client().ask(get_text("one")).message.value("X-Seen-Id") == "one");
}

TEST_CASE("a PUT is sent again with its body") {
  std::atomic<std::size_t> count{0};
  ProxiedBackend scene(failing_at(1, AfterReply::reset, count));
  const Answer answer =
      scene.client().ask(request_text("PUT /a", "X-Id: p\r\nContent-Length: 5\r\n") + "hello");
  CHECK(answer.message.value("X-Seen-Id") == "p");
  CHECK(answer.message.body == "id=p PUT /a\nhello");
}

TEST_CASE("a POST the backend may have processed is not sent again") {
  std::atomic<std::size_t> count{0};
  ProxiedBackend scene(failing_at(1, AfterReply::reset, count));
  check_failure(scene.client().ask(post_text("p", "body")), 502, "connection_terminated");
  CHECK(count == 1);
}

TEST_CASE("a request goes to another backend when the first one refuses the connection") {
  RecordingBackend backend;
  RefusingPort nobody;
  LivePoise poise(simple_config({nobody.address(), backend.address()}));
  RawClient client(poise.port());
  for (int i = 0; i < 10; ++i) {
    const std::string id = std::to_string(i);
    CHECK(client.ask(get_text("get" + id)).message.value("X-Seen-Id") == "get" + id);
    CHECK(client.ask(post_text("post" + id, "b")).message.value("X-Seen-Id") == "post" + id);
  }
}

TEST_CASE("502 when every backend refuses the connection") {
  RefusingPort one;
  RefusingPort two;
  LivePoise poise(simple_config({one.address(), two.address()}));
  RawClient client(poise.port());
  check_failure(client.ask(get_text("x")), 502, "connection_refused");
  check_failure(client.ask(get_text("y")), 502, "connection_refused");
}

TEST_CASE("502 when every try ends without an answer") {
  ProxiedBackend scene(answering([](const StrictMessage&) {
    return Reply{{}, AfterReply::close, {}};
  }));
  check_failure(scene.client().ask(get_text("x")), 502, "connection_terminated");
  CHECK(scene.backend.request_count() == 3);
}

TEST_CASE("502 when the backend does not speak HTTP") {
  ProxiedBackend scene(answering([](const StrictMessage&) {
    return Reply{{"hello\r\n\r\n"}, AfterReply::close, {}};
  }));
  check_failure(scene.client().ask(get_text("x")), 502, "http_protocol_error");
}

TEST_CASE("504 when the backend does not answer in time") {
  ProxiedBackend scene(never_answering(), "    timeouts: { response_header: 150ms }\n");
  check_failure(scene.client().ask(get_text("x")), 504, "http_response_timeout");
  CHECK(comes_true([&] { return scene.backend.open_connections() == 0; }));
}

TEST_CASE("504 when the whole request takes too long") {
  ProxiedBackend scene(never_answering(), "", "    timeouts: { request: 150ms }\n");
  const Answer answer = scene.client().ask(get_text("x"));
  CHECK(answer.status() == 504);
}

TEST_CASE("an answer that stops midway is cut, not ended") {
  ProxiedBackend scene(
      answering([](const StrictMessage&) {
        return Reply{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}, AfterReply::stall, {}};
      }),
      "    timeouts: { response_idle: 150ms }\n");
  const Answer answer = scene.client().ask(get_text("x"));
  CHECK(answer.end == AnswerEnd::cut);
  CHECK(answer.message.body == "half");
}

TEST_CASE("404 when no route takes the request") {
  RecordingBackend backend;
  LivePoise poise(
      "listeners:\n  - bind: 127.0.0.1:0\n    routes:\n      - match: { host: only.test }\n"
      "        pool: app\npools:\n  app:\n    backends: [\"" +
      backend.address() + "\"]\n");
  RawClient client(poise.port());
  check_failure(client.ask(get_text("x")), 404, "destination_not_found");
  const Answer routed = client.ask("GET /a HTTP/1.1\r\nHost: only.test\r\nX-Id: y\r\n\r\n");
  CHECK(routed.message.value("X-Seen-Id") == "y");
}

TEST_CASE("408 when a request's head does not come in time") {
  ProxiedBackend scene(ordinary_script(), "", "    timeouts: { header: 150ms }\n");
  RawClient client = scene.client();
  client.send("GET /a HTTP/1.1\r\nHost: t");
  const Answer answer = client.read_answer();
  CHECK(answer.status() == 408);
  CHECK(answer.message.lists("Connection", "close"));
  CHECK(client.is_closed_by_peer());
  CHECK(scene.backend.accepted_count() == 0);
}

TEST_CASE("a body that stops midway is given up at both ends") {
  ProxiedBackend scene(ordinary_script(), "", "    timeouts: { body_idle: 150ms }\n");
  RawClient client = scene.client();
  client.send(request_text("POST /a", "Content-Length: 50\r\n") + "half");
  const Answer answer = client.read_answer();
  CHECK((answer.status() == 408 || answer.end == AnswerEnd::nothing));
  CHECK(client.is_closed_by_peer());
  CHECK(comes_true([&] { return !scene.backend.take_cut_requests().empty(); }));
  CHECK(scene.backend.request_count() == 0);
}

TEST_CASE("an idle client is let go without a word") {
  ProxiedBackend scene(ordinary_script(), "", "    timeouts: { idle: 150ms }\n");
  RawClient client = scene.client();
  CHECK(client.ask(get_text("x")).status() == 200);
  CHECK(client.is_closed_by_peer());
}

TEST_CASE("an idle backend connection is closed after its time") {
  ProxiedBackend scene(ordinary_script(), "    connections: { idle_timeout: 150ms }\n");
  CHECK(scene.client().ask(get_text("x")).status() == 200);
  CHECK(comes_true([&] { return scene.backend.open_connections() == 0; }));
}

TEST_CASE("a client that leaves while the backend thinks ends the backend's work") {
  const bool leaves_in_order = GENERATE(true, false);
  CAPTURE(leaves_in_order);
  ProxiedBackend scene(never_answering());
  RawClient client = scene.client();
  client.send(get_text("x"));
  CHECK(comes_true([&] { return scene.backend.request_count() == 1; }));
  if (leaves_in_order) {
    client.socket().close();
  } else {
    client.socket().reset();
  }
  CHECK(comes_true([&] { return scene.backend.open_connections() == 0; }));
  CHECK(scene.poise.is_alive());
}

TEST_CASE("a client that leaves during its upload leaves a cut request behind") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  client.send(request_text("POST /a", "Content-Length: 50\r\n") + "half");
  CHECK(comes_true([&] { return scene.backend.unfinished_requests() == 1; }));
  client.socket().reset();
  CHECK(comes_true([&] { return !scene.backend.take_cut_requests().empty(); }));
  CHECK(scene.backend.request_count() == 0);
}

TEST_CASE("what is too large is refused by what it is") {
  ProxiedBackend scene(
      ordinary_script(), "",
      "    limits: { header_bytes: 8KiB, uri_bytes: 1KiB, headers: 20, body_bytes: 1KiB }\n");
  const auto status = [&](const std::string& request) {
    return scene.client().ask(request).status();
  };
  CHECK(status(request_text("GET /" + std::string(2000, 'a'))) == 414);
  CHECK(status(get_text("x", "X-A: " + std::string(20000, 'a') + "\r\n")) == 431);
  std::string many;
  for (int i = 0; i < 40; ++i) many += "X-A: 1\r\n";
  CHECK(status(get_text("x", many)) == 431);
  CHECK(status(post_text("x", std::string(2000, 'a'))) == 413);
  CHECK(status(post_text("x", std::string(1000, 'a'))) == 200);
}

TEST_CASE("no request fails while a backend is killed and comes back") {
  RecordingBackend steady;
  RecordingBackend shaky;
  LivePoise poise(simple_config({steady.address(), shaky.address()},
                                "    health: { passive: { eject: 200ms, max_eject: 400ms } }\n"));
  std::atomic<bool> may_stop{false};
  std::atomic<std::size_t> good{0};
  std::atomic<std::size_t> bad{0};
  const auto ask_on = [&](int number) {
    RawClient client(poise.port());
    for (std::size_t i = 0; !may_stop; ++i) {
      const std::string id = std::to_string(number) + "-" + std::to_string(i);
      const Answer answer = client.ask(get_text(id));
      const bool is_good = answer.status() == 200 && answer.message.value("X-Seen-Id") == id;
      ++(is_good ? good : bad);
      if (!is_good) client = RawClient(poise.port());
    }
  };
  std::vector<std::thread> clients;
  for (int number = 0; number < 4; ++number) clients.emplace_back(ask_on, number);
  const auto more_good_ones = [&](std::size_t count) {
    const std::size_t goal = good + count;
    return comes_true([&] { return good >= goal; }, Deadline(kPatience * 4));
  };
  for (int round = 0; round < 3; ++round) {
    CHECK(more_good_ones(200));
    shaky.go_down();
    CHECK(more_good_ones(200));
    shaky.come_back();
  }
  const std::size_t before = shaky.request_count();
  CHECK(comes_true([&] { return shaky.request_count() > before; }, Deadline(kPatience * 4)));
  may_stop = true;
  for (std::thread& client : clients) client.join();
  CHECK(bad == 0);
}
