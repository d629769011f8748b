// PROXY headers as a peer of poise writes and reads them, apart from poise's own code: a backend
// that takes one off a connection before anything else, a front that sends one. Each blocks with a
// deadline.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <mutex>
#include <string>
#include <vector>

#include "tests/support/blocking_socket.h"

namespace poise::support {

// Exactly so many bytes, or fewer when the peer is silent for ten seconds or ends.
inline std::string read_exactly(const BlockingSocket& socket, std::size_t count) {
  std::string bytes;
  while (bytes.size() < count) {
    pollfd ready{socket.fd(), POLLIN, 0};
    char byte = 0;
    if (::poll(&ready, 1, 10'000) <= 0 || ::recv(socket.fd(), &byte, 1, 0) <= 0) break;
    bytes += byte;
  }
  return bytes;
}

inline std::string read_line_header(const BlockingSocket& socket) {
  std::string line;
  while (!line.ends_with('\n') && line.size() < 200) {
    const std::string byte = read_exactly(socket, 1);
    if (byte.empty()) break;
    line += byte;
  }
  return line;
}

inline std::string read_binary_header(const BlockingSocket& socket) {
  std::string header = read_exactly(socket, 16);
  if (header.size() < 16) return header;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(header[i]); };
  return header + read_exactly(socket, std::size_t{byte(14)} << 8 | byte(15));
}

// The value of the first extension of that type behind IPv4 addresses; "" when there is none.
inline std::string extension_of(const std::string& header, char type) {
  for (std::size_t at = 16 + 12; at + 3 <= header.size();) {
    const std::size_t length = std::size_t{static_cast<unsigned char>(header[at + 1])} << 8 |
                               static_cast<unsigned char>(header[at + 2]);
    if (header[at] == type) return header.substr(at + 3, length);
    at += 3 + length;
  }
  return {};
}

// The headers that a backend has read, by any of its threads.
class SeenHeaders {
 public:
  void add(std::string header) {
    const std::lock_guard lock(mutex_);
    headers_.push_back(std::move(header));
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return headers_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> headers_;
};

}  // namespace poise::support
