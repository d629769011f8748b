// What a hostile or unlucky pair of peers once did to the data path: each of these has failed.
#include <catch2/catch.hpp>
#include <csignal>
#include <deque>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

const std::string kUpgrade = "Upgrade: chat\r\nConnection: Upgrade\r\n";
const std::string kSwitched =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n";

// Says yes, ends its own half at once, and reads to the end once it may.
std::size_t read_tunnel(BlockingSocket& socket, Gate& may_read) {
  std::string bytes;
  while (bytes.find("\r\n\r\n") == bytes.npos) {
    if (socket.read_some(bytes) != ReadEnd::data) return 0;
  }
  const std::size_t head = bytes.find("\r\n\r\n") + 4;
  socket.send(kSwitched);
  socket.shut_down_writing();
  may_read.wait();
  std::size_t size = bytes.size() - head;
  for (;;) {
    bytes.clear();
    if (socket.read_some(bytes) != ReadEnd::data) return size;
    size += bytes.size();
  }
}

}  // namespace

// The client's last bytes may still wait for the backend when both halves have ended and nobody
// leads the request any more. Where exactly they wait depends on their number.
TEST_CASE("a tunnel that ended on both sides still delivers what is on its way") {
  constexpr std::size_t kTunnels = 24;
  constexpr std::size_t kStep = 100'000;
  ListeningSocket listener;
  LivePoise poise(simple_config({"127.0.0.1:" + std::to_string(listener.port())}));
  Gate may_read;
  std::atomic<std::size_t> sent{0};
  std::array<std::size_t, kTunnels> received{};
  std::deque<std::thread> threads;
  for (std::size_t i = 0; i < kTunnels; ++i) {
    RawClient client(poise.port());
    client.send(request_text("GET /", kUpgrade));
    BlockingSocket backend = listener.accept();
    backend.limit_receive_buffer(64 * 1024);
    threads.emplace_back([&, i, socket = std::move(backend)]() mutable {
      received[i] = read_tunnel(socket, may_read);
    });
    REQUIRE(client.read_message().status() == 101);
    threads.emplace_back([&, i, own = std::move(client)]() mutable {
      const std::string piece(kStep, 'x');
      for (std::size_t n = 0; n < 30 + 2 * i; ++n, sent += kStep) own.send(piece);
      own.socket().shut_down_writing();
      own.is_closed_by_peer(Deadline(kPatience));
    });
  }
  std::size_t last = 0;
  int quiet = 0;
  comes_true([&] {
    quiet = sent == last ? quiet + 1 : 0;
    last = sent;
    return quiet > 30;
  });
  may_read.open();
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < kTunnels; ++i) CHECK(received[i] == (30 + 2 * i) * kStep);
  CHECK(poise.is_alive());
}

TEST_CASE("a large body kept for a retry is sent again as a whole") {
  std::atomic<int> tries{0};
  ProxiedBackend scene(answering([&](const StrictMessage& request) {
                         if (tries++ == 0) return Reply{{}, AfterReply::reset, {}};
                         return plain_reply(std::to_string(request.body.size()));
                       }),
                       "    retry: { replay_bytes: 4MiB }\n");
  RawClient client = scene.client();
  std::string chunks;
  for (int i = 0; i < 64; ++i) chunks += "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
  client.send(request_text("PUT /a", "Transfer-Encoding: chunked\r\n") + chunks + "0\r\n\r\n");
  const Answer answer = client.read_answer("PUT");
  CHECK(answer.status() == 200);
  CHECK(answer.message.body == std::to_string(64 * 0x4000));
  CHECK(tries == 2);
}

TEST_CASE("a worker gives up idle connections where another one waits for them") {
  RecordingBackend backend;
  LivePoise poise("workers: 2\nlisteners:\n  - bind: 127.0.0.1:0\n    pool: app\npools:\n  app:\n" +
                  ("    backends: [\"" + backend.address() + "\"]\n") +
                  "    connections: { max: 1 }\n    retry: { attempts: 0 }\n");
  for (int i = 0; i < 24; ++i) {
    const Answer answer = RawClient(poise.port()).ask(get_text(std::to_string(i)));
    CHECK(answer.status() == 200);
  }
}

TEST_CASE("a drain does not wait for a client that became idle within it") {
  Gate may_end;
  ProxiedBackend scene(
      answering([&](const StrictMessage&) {
        Reply reply{{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", "cd"}, AfterReply::keep, {}};
        reply.before_piece = [&](std::size_t piece) {
          if (piece == 1) may_end.wait();
        };
        return reply;
      }),
      "", "", "shutdown: { drain: 5m }\n");
  RawClient idle = scene.client();
  RawClient client = scene.client();
  client.send(get_text("long"));
  REQUIRE(client.sees("\r\n\r\nab"));
  scene.poise.process().signal(SIGTERM);
  REQUIRE(scene.poise.process().standard_error().wait_for_line("draining"));
  REQUIRE(idle.is_closed_by_peer());
  may_end.open();
  CHECK(client.read_answer().is_complete());
  CHECK(comes_true([&] { return !scene.poise.is_alive(); }));
}
