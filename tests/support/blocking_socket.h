// A stream socket and a listening socket for tests: blocking calls with a deadline, loopback TCP or
// a Unix path. Owned by whoever made it; used by one thread, except that shut_down() may be called
// from another one to end a wait. Knows nothing of HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/deadline.h"

namespace poise::support {

enum class ReadEnd { data, closed, reset, timed_out };

class BlockingSocket {
 public:
  BlockingSocket() = default;
  explicit BlockingSocket(int descriptor) : fd_(descriptor) {}
  BlockingSocket(BlockingSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  BlockingSocket& operator=(BlockingSocket&& other) noexcept;
  ~BlockingSocket() { close(); }

  static BlockingSocket connect_to(std::uint16_t port);
  static BlockingSocket connect_to(const std::string& unix_path);
  // From another address of the loopback network: 127.1.2.3.
  static BlockingSocket connect_from(const std::string& ip, std::uint16_t port);

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // False when the peer is gone or the deadline over; what was taken so far is lost to the caller.
  bool send(std::string_view bytes, Deadline deadline = Deadline());
  // Takes as many bytes as fit at once; -1 when the peer is gone.
  std::ptrdiff_t send_some(std::string_view bytes);
  // Appends what is there, waiting for at least one byte.
  ReadEnd read_some(std::string& into, Deadline deadline = Deadline());
  void shut_down_writing();
  void shut_down();
  void close();
  // Closes with a reset instead of an orderly end.
  void reset();
  void limit_receive_buffer(int bytes);

 private:
  int fd_ = -1;
};

class ListeningSocket {
 public:
  // Port 0: the kernel picks one.
  explicit ListeningSocket(std::uint16_t port = 0, const std::string& ip = "127.0.0.1");
  explicit ListeningSocket(const std::string& unix_path);

  std::uint16_t port() const { return port_; }
  int fd() const { return socket_.fd(); }
  // Not open once shut_down() was called.
  BlockingSocket accept();
  void shut_down() { socket_.shut_down(); }

 private:
  BlockingSocket socket_;
  std::uint16_t port_ = 0;
};

// A port that is taken, so that nobody else gets it, yet refuses every connection.
class RefusingPort {
 public:
  RefusingPort();
  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  BlockingSocket socket_;
  std::uint16_t port_ = 0;
};

// A port nobody listens on at the moment, for programs that cannot pick one themselves.
std::uint16_t unused_port();

}  // namespace poise::support
