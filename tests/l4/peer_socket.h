// Blocking loopback sockets for the peers of a TCP session: a client, and a backend that listens.
// Every call has a time limit. Used by one thread at a time; the process ignores SIGPIPE.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/net/fd.h"

namespace poise::l4_test {

inline constexpr int kPatience = 10'000;  // milliseconds

struct Received {
  std::string bytes;
  enum class End : std::uint8_t { none, orderly, reset, timed_out } end = End::none;
};

class PeerSocket {
 public:
  PeerSocket() = default;
  explicit PeerSocket(int fd) : fd_(fd) {}

  static PeerSocket connect_to(std::uint16_t port, int receive_buffer = 0) {
    PeerSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer != 0) socket.limit(SO_RCVBUF, receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      socket.fd_.reset();
    }
    return socket;
  }

  int fd() const { return fd_.get(); }
  bool is_open() const { return static_cast<bool>(fd_); }

  bool send_all(std::string_view bytes) {
    while (!bytes.empty()) {
      if (!ready(POLLOUT)) return false;
      const ssize_t count = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && errno == EAGAIN) continue;
      if (count < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // As much as the kernel takes at once; -1 when the peer is gone.
  ssize_t send_some(std::string_view bytes) {
    const ssize_t count = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return count < 0 && errno == EAGAIN ? 0 : count;
  }

  // Up to `most` bytes, or less when the stream ends.
  Received receive(std::size_t most) {
    Received result;
    result.bytes.resize(most);
    std::size_t got = 0;
    while (got < most && result.end == Received::End::none) {
      if (!ready(POLLIN)) {
        result.end = Received::End::timed_out;
        break;
      }
      const ssize_t count = ::recv(fd(), result.bytes.data() + got, most - got, MSG_DONTWAIT);
      if (count > 0) got += static_cast<std::size_t>(count);
      if (count == 0) result.end = Received::End::orderly;
      if (count < 0 && errno != EAGAIN) result.end = Received::End::reset;
    }
    result.bytes.resize(got);
    return result;
  }
  std::string read(std::size_t count) { return receive(count).bytes; }
  // Waits for the end; whatever comes before it is in `bytes`.
  Received read_to_end() { return receive(std::size_t{1} << 20); }

  void end_sending() { ::shutdown(fd(), SHUT_WR); }
  void close() { fd_.reset(); }
  void reset() {
    const linger hard{1, 0};
    (void)::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    fd_.reset();
  }
  void limit(int option, int bytes) {
    (void)::setsockopt(fd(), SOL_SOCKET, option, &bytes, sizeof bytes);
  }

 private:
  bool ready(short events) {
    pollfd poll_fd{fd(), events, 0};
    return ::poll(&poll_fd, 1, kPatience) > 0;
  }

  net::Fd fd_;
};

// A backend's port. It refuses until listen() is called.
class BackendPort {
 public:
  explicit BackendPort(int send_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (send_buffer != 0) {
      (void)::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), length) != 0) return;
    (void)::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }

  BackendPort& listen() {
    (void)::listen(fd_.get(), 64);
    return *this;
  }
  std::uint16_t port() const { return port_; }

  PeerSocket accept() {
    pollfd poll_fd{fd_.get(), POLLIN, 0};
    if (::poll(&poll_fd, 1, kPatience) <= 0) return PeerSocket();
    return PeerSocket(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }

 private:
  net::Fd fd_;
  std::uint16_t port_ = 0;
};

}  // namespace poise::l4_test
