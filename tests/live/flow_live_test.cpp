// Backpressure: whoever is slow slows down whoever sends, and poise holds little in between.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kPieces = 2048;            // 128 MiB in all
constexpr std::size_t kMuch = 16 * 1024 * 1024;  // for poise to hold
// The kernel's own buffers, of four sockets, may grow to some 75 MB between them.
constexpr std::size_t kUnderWay = 80 * 1024 * 1024;

std::size_t resident_bytes(pid_t pid) {
#ifdef __SANITIZE_ADDRESS__
  pid = 0;  // its quarantine holds on to freed memory: nothing to learn
#endif
  std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

// True once `progress` has not moved for a while.
template <typename Progress>
bool comes_to_rest(Progress progress) {
  std::size_t last = progress();
  int quiet = 0;
  return comes_true([&] {
    const std::size_t now = progress();
    quiet = now == last ? quiet + 1 : 0;
    last = now;
    return quiet > 100;
  });
}

}  // namespace

TEST_CASE("a client that does not read holds the backend back") {
  std::atomic<std::size_t> sent{0};
  ProxiedBackend scene(answering([&](const StrictMessage&) {
    Reply reply{
        {"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kPiece * kPieces) + "\r\n\r\n"},
        AfterReply::keep,
        [&](std::size_t piece) { sent = piece; }};
    reply.pieces.resize(1 + kPieces, std::string(kPiece, 'x'));
    return reply;
  }));
  const std::size_t before = resident_bytes(scene.poise.process().pid());
  RawClient client = scene.client();
  client.socket().limit_receive_buffer(64 * 1024);
  client.send(get_text("slow"));
  CHECK(comes_true([&] { return sent > 1; }));
  CHECK(comes_to_rest([&] { return sent.load(); }));
  CHECK(sent * kPiece < kUnderWay);
  const std::size_t after = resident_bytes(scene.poise.process().pid());
  CHECK(after - std::min(before, after) < kMuch);

  const Answer answer = client.read_answer("GET", Deadline(kPatience * 4));
  REQUIRE(answer.is_complete());
  CHECK(answer.message.body.size() == kPiece * kPieces);
}

TEST_CASE("a backend that does not read holds the client back") {
  Gate may_read;
  BackendScript script = ordinary_script();
  script.at_end = [](const StrictMessage& request) {
    return plain_reply(std::to_string(request.body.size()));
  };
  script.on_accept = [&](BlockingSocket&) { may_read.wait(Deadline(kPatience * 4)); };
  ProxiedBackend scene(script);
  RawClient client = scene.client();
  client.send(
      request_text("POST /a", "Content-Length: " + std::to_string(kPiece * kPieces) + "\r\n"));
  const std::string piece(kPiece, 'x');
  std::size_t sent = 0;
  const auto send_more = [&] {
    const std::size_t left = kPiece * kPieces - sent;
    const std::ptrdiff_t taken =
        client.socket().send_some(std::string_view(piece).substr(0, std::min(left, kPiece)));
    return sent += static_cast<std::size_t>(std::max<std::ptrdiff_t>(taken, 0));
  };
  CHECK(comes_to_rest(send_more));
  CHECK(sent < kUnderWay);
  may_read.open();
  CHECK(comes_true([&] { return send_more() == kPiece * kPieces; }, Deadline(kPatience * 4)));
  CHECK(client.read_answer().message.body == std::to_string(kPiece * kPieces));
}

TEST_CASE("a client that stops reading is let go after its time") {
  ProxiedBackend scene(answering([](const StrictMessage&) {
                         Reply reply{{"HTTP/1.1 200 OK\r\n\r\n"}, AfterReply::close, {}};
                         reply.pieces.resize(kPieces, std::string(kPiece, 'x'));
                         return reply;
                       }),
                       "", "    timeouts: { write_idle: 150ms }\n");
  RawClient client = scene.client();
  client.socket().limit_receive_buffer(64 * 1024);
  client.send(get_text("slow"));
  CHECK(comes_true([&] { return scene.backend.open_connections() == 1; }));
  CHECK(comes_true([&] { return scene.backend.open_connections() == 0; }));
  const Answer answer = client.read_answer();
  CHECK_FALSE(answer.is_complete());
}
