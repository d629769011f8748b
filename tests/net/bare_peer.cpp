#include "tests/net/bare_peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace poise::test {

void must(bool succeeded) {
  if (!succeeded) throw std::runtime_error("the sockets of a test could not be set up");
}

namespace {

void set_option(int fd, int level, int name, int value) {
  must(::setsockopt(fd, level, name, &value, sizeof value) == 0);
}

// Of the loopback.
struct Place {
  explicit Place(std::uint16_t port) {
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address); }
  sockaddr_in address{};
  socklen_t length = sizeof address;
};

}  // namespace

BarePort::BarePort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  Place place(0);
  must(::bind(fd_.get(), place.generic(), place.length) == 0 && ::listen(fd_.get(), 16) == 0);
  must(::getsockname(fd_.get(), place.generic(), &place.length) == 0);
  port_ = ntohs(place.address.sin_port);
}

net::Fd BarePort::connect() const {
  net::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  Place place(port_);
  must(::connect(fd.get(), place.generic(), place.length) == 0);
  return fd;
}

net::Fd BarePort::accept() const {
  return net::Fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

Ends connected_ends() {
  const BarePort port;
  net::Fd theirs = port.connect();
  net::Fd ours = port.accept();
  must(static_cast<bool>(ours));
  set_option(ours.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  return {std::move(ours), std::move(theirs)};
}

BarePeer::BarePeer(net::Fd fd) : fd_(std::move(fd)) {
  must(::fcntl(fd_.get(), F_SETFL, O_NONBLOCK) == 0);
  set_option(fd_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
}

void BarePeer::read() {
  std::array<char, 64 * 1024> space;
  while (fd_ && reads_ == PeerReads::everything && !is_over()) {
    const ssize_t count = ::recv(fd_.get(), space.data(), space.size(), 0);
    if (count > 0) {
      received_.append(space.data(), static_cast<std::size_t>(count));
      continue;
    }
    if (count == 0) ended_ = true;
    if (count < 0 && errno == ECONNRESET) reset_ = true;
    return;
  }
}

std::size_t BarePeer::send_some(std::string_view bytes) {
  const ssize_t count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count < 0 && (errno == ECONNRESET || errno == EPIPE)) reset_ = true;
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void BarePeer::shut_down_sending() { ::shutdown(fd_.get(), SHUT_WR); }

void BarePeer::reset() {
  const linger hard{1, 0};
  (void)::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  fd_.reset();
}

void BarePeer::limit_receive_buffer(int bytes) {
  set_option(fd_.get(), SOL_SOCKET, SO_RCVBUF, bytes);
}

}  // namespace poise::test
