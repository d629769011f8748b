// Readers that are slow on purpose: each asks for a large answer and takes it by --rate bytes a
// second, with a small receive buffer, so what the proxy may hold for them shows in its memory.
#include <algorithm>
#include <array>
#include <limits>
#include <thread>
#include <vector>

#include "load.h"
#include "sockets.h"

namespace poise::bench {
namespace {

constexpr int kReceiveBuffer = 4096;
constexpr auto kTick = std::chrono::milliseconds(250);

struct Reader {
  int fd = -1;
  std::uint64_t received = 0;
  bool asked = false;
};

class SlowReaders {
 public:
  explicit SlowReaders(const LoadOptions& options)
      : options_(options),
        request_("GET /bytes/" + std::to_string(options.bytes) +
                 " HTTP/1.1\r\nHost: bench\r\n\r\n"),
        share_(static_cast<std::size_t>(std::max(1.0, options.rate / 4))) {
    for (int i = 0; i < options.connections; ++i)
      readers_.push_back({.fd = start_connect(options.port, kReceiveBuffer)});
  }

  int run() {
    const Clock::time_point start = Clock::now();
    for (Clock::time_point next = start; seconds_since(start) < options_.seconds;) {
      for (Reader& reader : readers_) turn(reader);
      next += kTick;
      std::this_thread::sleep_until(next);
    }
    return report();
  }

 private:
  void turn(Reader& reader) {
    if (reader.fd < 0) return;
    if (!reader.asked) return ask(reader);
    std::array<char, 64 * 1024> scratch;
    const ssize_t n = recv(reader.fd, scratch.data(), std::min(share_, scratch.size()), 0);
    if (n < 0 && would_block()) return;
    if (n <= 0) return lose(reader);
    reader.received += static_cast<std::uint64_t>(n);
  }

  void ask(Reader& reader) {
    const ssize_t n = send(reader.fd, request_.data(), request_.size(), MSG_NOSIGNAL);
    if (n == static_cast<ssize_t>(request_.size()))
      reader.asked = true;
    else if (n >= 0 || !would_block())
      lose(reader);
  }

  static void lose(Reader& reader) {
    close(reader.fd);
    reader.fd = -1;
  }

  int report() const {
    std::uint64_t total = 0;
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    int open = 0;
    for (const Reader& reader : readers_) {
      total += reader.received;
      least = std::min(least, reader.received);
      open += reader.fd >= 0 ? 1 : 0;
    }
    const int errors = static_cast<int>(readers_.size()) - open;
    std::printf("{\"bytes\": %llu, \"least\": %llu, \"open\": %d, \"errors\": %d}\n",
                static_cast<unsigned long long>(total), static_cast<unsigned long long>(least),
                open, errors);
    return errors == 0 ? 0 : 1;
  }

  LoadOptions options_;
  std::string request_;
  std::size_t share_;
  std::vector<Reader> readers_;
};

}  // namespace

int run_slow_readers(const LoadOptions& options) { return SlowReaders(options).run(); }

}  // namespace poise::bench
