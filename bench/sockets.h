// Small words over POSIX sockets and epoll, shared by the bench programs only.
// Owner: bench. Each program is one thread and uses these from it alone.
// Does not: know HTTP, retry, resolve names (IPv4 loopback addresses only), or use any part of
// poise, so that what is measured never depends on what measures it.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace poise::bench {

[[noreturn]] inline void fail(const char* what) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
  std::exit(3);
}

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline void set_option(int fd, int level, int name, int value) {
  if (setsockopt(fd, level, name, &value, sizeof value) != 0) fail("setsockopt");
}

// TCP_NODELAY is set on the listener because accepted sockets inherit it: one call saved each.
inline int listen_on(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  const sockaddr_in address = loopback(port);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (listen(fd, 4096) != 0) fail("listen");
  return fd;
}

// Returns a socket that is connected or connecting, or -1. receive_buffer 0 keeps the default.
inline int start_connect(int port, int receive_buffer = 0) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (receive_buffer > 0) set_option(fd, SOL_SOCKET, SO_RCVBUF, receive_buffer);
  const sockaddr_in address = loopback(port);
  const int rc = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (rc == 0 || errno == EINPROGRESS) return fd;
  close(fd);
  return -1;
}

inline bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

inline int accept_one(int listener) {
  return accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

class Epoll {
 public:
  Epoll() : fd_(epoll_create1(EPOLL_CLOEXEC)) {
    if (fd_ < 0) fail("epoll_create1");
  }
  ~Epoll() { close(fd_); }
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;

  void add(int fd, std::uint32_t events, void* tag) const {
    control(EPOLL_CTL_ADD, fd, events, tag);
  }
  void change(int fd, std::uint32_t events, void* tag) const {
    control(EPOLL_CTL_MOD, fd, events, tag);
  }
  int wait(epoll_event* events, int count, int timeout_ms) const {
    const int n = epoll_wait(fd_, events, count, timeout_ms);
    if (n < 0 && errno != EINTR) fail("epoll_wait");
    return n < 0 ? 0 : n;
  }
  int wait_ns(epoll_event* events, int count, std::int64_t timeout_ns) const {
    const timespec timeout{.tv_sec = timeout_ns / 1'000'000'000,
                           .tv_nsec = timeout_ns % 1'000'000'000};
    const int n = epoll_pwait2(fd_, events, count, &timeout, nullptr);
    if (n < 0 && errno != EINTR) fail("epoll_pwait2");
    return n < 0 ? 0 : n;
  }

 private:
  void control(int operation, int fd, std::uint32_t events, void* tag) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = tag;
    if (epoll_ctl(fd_, operation, fd, &event) != 0) fail("epoll_ctl");
  }

  int fd_;
};

}  // namespace poise::bench
