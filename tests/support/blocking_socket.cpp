#include "tests/support/blocking_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace poise::support {
namespace {

constexpr std::size_t kReadSize = 64 * 1024;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::length_error("socket path too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

template <typename Address>
const sockaddr* as_sockaddr(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

int open_stream(int family) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  return fd;
}

void send_at_once(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// The port it got.
std::uint16_t bind_to(int fd, std::uint16_t port, const std::string& ip = "127.0.0.1") {
  sockaddr_in address = loopback(port);
  if (::inet_pton(AF_INET, ip.c_str(), &address.sin_addr) != 1) fail(ip.c_str());
  if (::bind(fd, as_sockaddr(address), sizeof address) != 0) fail("bind");
  socklen_t length = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

bool wait_for(int fd, short events, Deadline deadline) {
  pollfd entry{fd, events, 0};
  while (true) {
    const int ready = ::poll(&entry, 1, static_cast<int>(deadline.left().count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

BlockingSocket& BlockingSocket::operator=(BlockingSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

BlockingSocket BlockingSocket::connect_to(std::uint16_t port) { return connect_from("", port); }

BlockingSocket BlockingSocket::connect_from(const std::string& ip, std::uint16_t port) {
  BlockingSocket socket(open_stream(AF_INET));
  if (!ip.empty()) bind_to(socket.fd_, 0, ip);
  const sockaddr_in address = loopback(port);
  if (::connect(socket.fd_, as_sockaddr(address), sizeof address) != 0) return {};
  send_at_once(socket.fd_);
  return socket;
}

BlockingSocket BlockingSocket::connect_to(const std::string& unix_path) {
  BlockingSocket socket(open_stream(AF_UNIX));
  const sockaddr_un address = unix_address(unix_path);
  if (::connect(socket.fd_, as_sockaddr(address), sizeof address) != 0) return {};
  return socket;
}

std::ptrdiff_t BlockingSocket::send_some(std::string_view bytes) {
  const ssize_t taken = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (taken >= 0) return taken;
  return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

bool BlockingSocket::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const std::ptrdiff_t taken = send_some(bytes);
    if (taken < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(taken));
    if (taken == 0 && !wait_for(fd_, POLLOUT, deadline)) return false;
  }
  return true;
}

ReadEnd BlockingSocket::read_some(std::string& into, Deadline deadline) {
  if (!wait_for(fd_, POLLIN, deadline)) return ReadEnd::timed_out;
  const std::size_t before = into.size();
  into.resize(before + kReadSize);
  const ssize_t taken = ::recv(fd_, into.data() + before, kReadSize, 0);
  into.resize(before + static_cast<std::size_t>(taken > 0 ? taken : 0));
  if (taken > 0) return ReadEnd::data;
  return taken == 0 ? ReadEnd::closed : ReadEnd::reset;
}

void BlockingSocket::shut_down_writing() { ::shutdown(fd_, SHUT_WR); }
void BlockingSocket::shut_down() { ::shutdown(fd_, SHUT_RDWR); }

void BlockingSocket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void BlockingSocket::reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void BlockingSocket::limit_receive_buffer(int bytes) {
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

ListeningSocket::ListeningSocket(std::uint16_t port, const std::string& ip)
    : socket_(open_stream(AF_INET)) {
  const int on = 1;
  ::setsockopt(socket_.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  port_ = bind_to(socket_.fd(), port, ip);
  if (::listen(socket_.fd(), 512) != 0) fail("listen");
}

RefusingPort::RefusingPort() : socket_(open_stream(AF_INET)), port_(bind_to(socket_.fd(), 0)) {}

ListeningSocket::ListeningSocket(const std::string& unix_path) : socket_(open_stream(AF_UNIX)) {
  const sockaddr_un address = unix_address(unix_path);
  if (::bind(socket_.fd(), as_sockaddr(address), sizeof address) != 0) fail("bind");
  if (::listen(socket_.fd(), 512) != 0) fail("listen");
}

BlockingSocket ListeningSocket::accept() {
  const int fd = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return {};
  send_at_once(fd);
  return BlockingSocket(fd);
}

std::uint16_t unused_port() { return ListeningSocket().port(); }

}  // namespace poise::support
