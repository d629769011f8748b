#include "tests/http/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>

namespace poise::test {
namespace {

using Clock = std::chrono::steady_clock;

void must(bool succeeded) {
  if (!succeeded) throw std::runtime_error("the sockets of a test could not be set up");
}

void set_option(int fd, int level, int name, int value) {
  must(::setsockopt(fd, level, name, &value, sizeof value) == 0);
}

void rest_a_little() {
  const timespec pause{0, 200'000};
  (void)::nanosleep(&pause, nullptr);
}

}  // namespace

Wire::Wire() {
  const net::Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* place = reinterpret_cast<sockaddr*>(&address);
  must(::bind(listener.get(), place, length) == 0 && ::listen(listener.get(), 1) == 0);
  must(::getsockname(listener.get(), place, &length) == 0);
  peer_ = net::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  must(::connect(peer_.get(), place, length) == 0);
  ours_ = net::Fd(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  must(static_cast<bool>(ours_));
  must(::fcntl(peer_.get(), F_SETFL, O_NONBLOCK) == 0);
  set_option(peer_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(ours_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
}

// Handles that are closing still need a turn.
Wire::~Wire() { settle(); }

void Wire::turn() {
  loop_.begin_callback();
  uv_run(loop_.uv(), UV_RUN_NOWAIT);
  loop_.end_callback();
  if (reads_ == PeerReads::everything) read_at_peer();
}

bool Wire::comes_true(const std::function<bool()>& condition) {
  const auto end = Clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (Clock::now() > end) return false;
    turn();
    if (!condition()) rest_a_little();
  }
  return true;
}

// The loopback delivers within the sending call, so a few turns show whatever is there.
void Wire::settle() {
  for (int i = 0; i < 20; ++i) turn();
}

void Wire::read_at_peer() {
  std::array<char, 64 * 1024> space;
  while (peer_) {
    const ssize_t count = ::recv(peer_.get(), space.data(), space.size(), 0);
    if (count > 0) {
      received_.append(space.data(), static_cast<std::size_t>(count));
      continue;
    }
    if (count == 0) ended_ = true;
    if (count < 0 && errno == ECONNRESET) reset_ = true;
    return;
  }
}

std::size_t Wire::send_some(std::string_view bytes) {
  const ssize_t count = ::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count < 0 && (errno == ECONNRESET || errno == EPIPE)) reset_ = true;
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void Wire::send(std::string_view bytes) {
  const bool all_sent = comes_true([&] {
    bytes.remove_prefix(send_some(bytes));
    return bytes.empty() || reset_;
  });
  must(all_sent);
  settle();
}

void Wire::send_bytewise(std::string_view bytes) {
  for (const char byte : bytes) {
    if (send_some({&byte, 1}) == 0) break;  // we closed: as in one piece, the rest is lost
    turn();
    turn();
  }
  settle();
}

void Wire::shut_down_sending() { ::shutdown(peer_.get(), SHUT_WR); }

void Wire::close_peer() { peer_.reset(); }

void Wire::reset_peer() {
  const linger hard{1, 0};
  (void)::setsockopt(peer_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  peer_.reset();
}

void Wire::shrink_buffers(int bytes) {
  set_option(peer_.get(), SOL_SOCKET, SO_RCVBUF, bytes);
  set_option(ours_.get(), SOL_SOCKET, SO_SNDBUF, bytes);
}

}  // namespace poise::test
