// HTTP/1.x through the real program: what goes in comes out, on both sides, as the RFCs say.
#include <catch2/catch.hpp>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

Reply chunked_with_trailer(const StrictMessage&) {
  return {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n", "2\r\nhe\r\n",
           "3\r\nllo\r\n0\r\nX-T: 1\r\n\r\n"},
          AfterReply::keep,
          {}};
}

std::string counting_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

}  // namespace

TEST_CASE("requests of one client share one connection to the backend") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  for (const std::string id : {"one", "two", "three"})
    CHECK(client.ask(get_text(id)).message.value("X-Seen-Id") == id);
  CHECK(scene.backend.accepted_count() == 1);
}

TEST_CASE("clients one after another share one connection to the backend") {
  ProxiedBackend scene;
  for (const std::string id : {"one", "two", "three"})
    CHECK(scene.client().ask(get_text(id)).message.value("X-Seen-Id") == id);
  CHECK(scene.backend.accepted_count() == 1);
}

TEST_CASE("pipelined requests are answered in order") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  client.send(get_text("one") + post_text("two", "body") + get_text("three"));
  for (const std::string id : {"one", "two", "three"})
    CHECK(client.read_answer().message.value("X-Seen-Id") == id);
}

TEST_CASE("a request that arrives byte by byte is understood") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  for (const char c : post_text("slow", "hello")) client.send({&c, 1});
  const Answer answer = client.read_answer();
  CHECK(answer.status() == 200);
  CHECK(answer.message.value("X-Seen-Id") == "slow");
  CHECK(scene.next_request().body == "hello");
}

TEST_CASE("chunked bodies and trailers pass from the client to the backend") {
  ProxiedBackend scene;
  const Answer answer = scene.client().ask(
      request_text("POST /a", "X-Id: c\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n") +
      "2\r\nhe\r\n3\r\nllo\r\n0\r\nX-T: 1\r\n\r\n");
  CHECK(answer.status() == 200);
  const StrictMessage request = scene.next_request();
  CHECK(request.body == "hello");
  CHECK(request.framing == StrictFraming::chunked);
  CHECK(request.trailer("X-T") == "1");
}

TEST_CASE("chunked bodies and trailers pass from the backend to the client") {
  ProxiedBackend scene(answering(chunked_with_trailer));
  RawClient client = scene.client();
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.ask(get_text("c", "TE: trailers\r\nConnection: TE\r\n"));
    REQUIRE(answer.is_complete());
    CHECK(answer.message.body == "hello");
    CHECK(answer.message.framing == StrictFraming::chunked);
    CHECK(answer.message.trailer("X-T") == "1");
  }
}

TEST_CASE("large bodies pass unchanged both ways") {
  const std::string body = counting_bytes(8 * 1024 * 1024);
  ProxiedBackend scene(answering([&](const StrictMessage&) { return plain_reply(body); }));
  RawClient client = scene.client();
  const Answer answer = client.ask(post_text("large", body));
  CHECK(answer.status() == 200);
  CHECK((answer.message.body == body));
  CHECK((scene.next_request().body == body));
}

TEST_CASE("an answer that ends with its connection becomes a whole message for the client") {
  ProxiedBackend scene(answering([](const StrictMessage&) {
    return Reply{{"HTTP/1.1 200 OK\r\n\r\n", "all of it"}, AfterReply::close, {}};
  }));
  RawClient client = scene.client();
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.ask(get_text("c"));
    REQUIRE(answer.is_complete());
    CHECK(answer.message.body == "all of it");
    CHECK(answer.message.framing == StrictFraming::chunked);
  }
}

TEST_CASE("HEAD, 204 and 304 have no body and leave the connection usable") {
  ProxiedBackend scene(answering([](const StrictMessage& request) {
    if (request.target == "/204") return Reply{{"HTTP/1.1 204 No Content\r\n\r\n"}, {}, {}};
    if (request.target == "/304")
      return Reply{
          {"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 99\r\n\r\n"}, {}, {}};
    if (request.method == "HEAD")
      return Reply{{"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"}, {}, {}};
    return id_echo(request);
  }));
  RawClient client = scene.client();
  const Answer head = client.ask(request_text("HEAD /a"));
  CHECK(head.status() == 200);
  CHECK(head.message.value("Content-Length") == "99");
  CHECK(client.ask(request_text("GET /204")).status() == 204);
  const Answer unchanged = client.ask(request_text("GET /304"));
  CHECK(unchanged.status() == 304);
  CHECK(unchanged.message.value("ETag") == "\"x\"");
  CHECK(client.ask(get_text("after")).message.value("X-Seen-Id") == "after");
}

TEST_CASE("100-continue comes from the backend before the body goes to it") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  client.send(request_text("POST /a", "X-Id: c\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"));
  const Answer interim = client.read_message();
  REQUIRE(interim.is_complete());
  CHECK(interim.status() == 100);
  CHECK(scene.backend.request_count() == 0);
  client.send("hello");
  CHECK(client.read_answer().message.value("X-Seen-Id") == "c");
  CHECK(scene.next_request().body == "hello");
}

TEST_CASE("a backend may refuse a body it was asked about") {
  ProxiedBackend scene({id_echo,
                        [](const StrictMessage&) {
                          return Reply{{"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"},
                                       AfterReply::close,
                                       {}};
                        },
                        {},
                        {}});
  const Answer answer =
      scene.client().ask(request_text("POST /a", "Expect: 100-continue\r\nContent-Length: 50\r\n"));
  REQUIRE(answer.is_complete());
  CHECK(answer.status() == 413);
  CHECK(answer.message.body == "no");
}

TEST_CASE("an early answer to an unfinished upload reaches the client") {
  ProxiedBackend scene({id_echo,
                        [](const StrictMessage&) {
                          return Reply{{"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno"}, {}, {}};
                        },
                        {},
                        {}});
  RawClient client = scene.client();
  client.send(request_text("POST /a", "Content-Length: 1000000\r\n") + "only the beginning");
  const Answer answer = client.read_answer();
  REQUIRE(answer.is_complete());
  CHECK(answer.status() == 401);
}

TEST_CASE("103 Early Hints reach the client before the answer") {
  ProxiedBackend scene(answering([](const StrictMessage& request) {
    Reply reply = id_echo(request);
    reply.pieces.insert(reply.pieces.begin(),
                        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
    return reply;
  }));
  RawClient client = scene.client();
  client.send(get_text("hinted"));
  std::vector<StrictMessage> interim;
  const Answer answer = client.read_answer("GET", Deadline(), &interim);
  CHECK(answer.message.value("X-Seen-Id") == "hinted");
  REQUIRE(interim.size() == 1);
  CHECK(interim[0].status == 103);
  CHECK(interim[0].value("Link") == "</a.css>; rel=preload");
}

TEST_CASE("a client of HTTP/1.0 gets one answer and a close") {
  ProxiedBackend scene(answering(chunked_with_trailer));
  RawClient client = scene.client();
  const Answer answer = client.ask("GET /a HTTP/1.0\r\nHost: t.test\r\n\r\n");
  REQUIRE(answer.is_complete());
  CHECK(answer.message.body == "hello");
  CHECK_FALSE(answer.message.has("Transfer-Encoding"));
  CHECK(client.is_closed_by_peer());
}

TEST_CASE("a client of HTTP/1.0 may keep its connection") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  for (const std::string id : {"one", "two"}) {
    const Answer answer = client.ask("GET /a HTTP/1.0\r\nHost: t.test\r\nX-Id: " + id +
                                     "\r\nConnection: keep-alive\r\n\r\n");
    CHECK(answer.message.value("X-Seen-Id") == id);
    CHECK(answer.message.lists("Connection", "keep-alive"));
  }
}

TEST_CASE("Connection: close is obeyed and said") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  const Answer answer = client.ask(get_text("last", "Connection: close\r\n"));
  CHECK(answer.message.value("X-Seen-Id") == "last");
  CHECK(answer.message.lists("Connection", "close"));
  CHECK(client.is_closed_by_peer());
}

TEST_CASE("the beginning of a request body reaches the backend before its end is sent") {
  ProxiedBackend scene;
  RawClient client = scene.client();
  client.send(request_text("POST /a", "X-Id: s\r\nContent-Length: 10\r\n") + "first");
  CHECK(comes_true([&] { return scene.backend.unfinished_requests() == 1; }));
  client.send("later");
  CHECK(client.read_answer().message.value("X-Seen-Id") == "s");
  CHECK(scene.next_request().body == "firstlater");
}

TEST_CASE("the beginning of an answer reaches the client before its end is sent") {
  Gate client_has_seen;
  ProxiedBackend scene(answering([&](const StrictMessage&) {
    return Reply{{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst", "later"},
                 AfterReply::keep,
                 [&](std::size_t piece) {
                   if (piece == 1) client_has_seen.wait();
                 }};
  }));
  RawClient client = scene.client();
  client.send(get_text("s"));
  CHECK(client.sees("first"));
  client_has_seen.open();
  CHECK(client.read_answer().message.body == "firstlater");
}

TEST_CASE("answers go to the clients that asked, over many connections at once") {
  RecordingBackend backend;
  LivePoise poise(
      "listeners:\n  - bind: 127.0.0.1:0\n    pool: app\npools:\n  app:\n    backends: [\"" +
      backend.address() + "\"]\n");
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      RawClient client(poise.port());
      for (int i = 0; i < 100; ++i) {
        const std::string id = std::to_string(c) + "-" + std::to_string(i);
        const Answer answer = client.ask(i % 3 == 0 ? post_text(id, id) : get_text(id));
        right += answer.is_complete() && answer.message.value("X-Seen-Id") == id ? 1 : 0;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(right == 800);
  CHECK(backend.take_faults().empty());
}
