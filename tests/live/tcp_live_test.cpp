// Plain TCP through the real program.
#include <catch2/catch.hpp>

#include "tests/support/live_poise.h"
#include "tests/support/raw_client.h"

using namespace poise::support;

namespace {

// Serves one connection at a time as told, on a thread of its own.
class TcpBackend {
 public:
  explicit TcpBackend(std::function<void(BlockingSocket&)> serve)
      : serve_(std::move(serve)), thread_([this] { run(); }) {}
  ~TcpBackend() {
    listener_.shut_down();
    thread_.join();
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(listener_.port()); }

 private:
  void run() {
    while (true) {
      BlockingSocket socket = listener_.accept();
      if (!socket.is_open()) return;
      serve_(socket);
    }
  }

  ListeningSocket listener_;
  std::function<void(BlockingSocket&)> serve_;
  std::thread thread_;
};

void echo(BlockingSocket& socket) {
  std::string bytes;
  while (socket.read_some(bytes) == ReadEnd::data) {
    socket.send(bytes);
    bytes.clear();
  }
}

// Reads to the end first, and only then answers with how much it was.
void count_then_answer(BlockingSocket& socket) {
  std::string bytes;
  while (socket.read_some(bytes) == ReadEnd::data) {
  }
  socket.send(std::to_string(bytes.size()));
}

std::string tcp_config(const std::string& backend, const std::string& listener = "",
                       const std::string& top = "") {
  return top + "listeners:\n  - bind: 127.0.0.1:0\n    protocol: tcp\n    pool: app\n" + listener +
         "pools:\n  app:\n    backends: [\"" + backend + "\"]\n";
}

}  // namespace

TEST_CASE("bytes pass both ways unchanged") {
  TcpBackend backend(echo);
  LivePoise poise(tcp_config(backend.address()));
  RawClient client(poise.port());
  for (const std::string& bytes : {std::string("hello\r\n\0\xff", 9), std::string(300000, 'x')}) {
    REQUIRE(client.send(bytes));
    CHECK((client.read_bytes(bytes.size()) == bytes));
  }
}

TEST_CASE("a client that has said all still gets the answer") {
  TcpBackend backend(count_then_answer);
  LivePoise poise(tcp_config(backend.address()));
  RawClient client(poise.port());
  CHECK(client.send("hello"));
  client.socket().shut_down_writing();
  CHECK(client.read_bytes(1) == "5");
  CHECK(client.is_closed_by_peer());
}

TEST_CASE("a backend that speaks first is heard") {
  TcpBackend backend([](BlockingSocket& socket) { socket.send("220 hello\r\n"); });
  LivePoise poise(tcp_config(backend.address()));
  RawClient client(poise.port());
  CHECK(client.read_bytes(11) == "220 hello\r\n");
  CHECK(client.is_closed_by_peer());
}

TEST_CASE("a silent session ends after its idle time") {
  TcpBackend backend(echo);
  LivePoise poise(tcp_config(backend.address(), "    timeouts: { idle: 150ms }\n"));
  RawClient client(poise.port());
  CHECK(client.send("hello"));
  CHECK(client.read_bytes(5) == "hello");
  CHECK(client.is_closed_by_peer());
}

TEST_CASE("a session whose backend refuses is closed") {
  RefusingPort nobody;
  LivePoise poise(tcp_config(nobody.address()));
  RawClient client(poise.port());
  CHECK(client.is_closed_by_peer());
  CHECK(poise.is_alive());
}

TEST_CASE("a session logs one line at its end") {
  TcpBackend backend(echo);
  LivePoise poise(tcp_config(backend.address(), "", "log: { access: { to: stdout } }\n"));
  {
    RawClient client(poise.port());
    client.send("hello");
    CHECK(client.read_bytes(5) == "hello");
  }
  const auto line = poise.process().standard_output().wait_for_line("\"tcp\"");
  REQUIRE(line.has_value());
  CHECK(line->find("\"bytes_in\":5") != std::string::npos);
  CHECK(line->find("\"bytes_out\":5") != std::string::npos);
}
