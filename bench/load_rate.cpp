// A fixed number of requests a second over kept connections, the same for every proxy. Latency is
// counted from when the request was due, not from when a connection was free for it.
#include <algorithm>
#include <array>
#include <deque>
#include <vector>

#include "load.h"
#include "sockets.h"

namespace poise::bench {
namespace {

constexpr std::string_view kRequest = "GET /36 HTTP/1.1\r\nHost: bench\r\n\r\n";
std::array<char, 64 * 1024> scratch;

struct Line {
  int fd = -1;
  std::int64_t due = 0;
  std::uint64_t body = 0;
  AnswerHead head;
};

class FixedRate {
 public:
  explicit FixedRate(const LoadOptions& options)
      : options_(options),
        lines_(static_cast<std::size_t>(options.connections)),
        gap_(static_cast<std::int64_t>(1e9 / options.rate)) {
    latencies_.reserve(static_cast<std::size_t>(options.rate * (options.seconds + 1)));
    for (Line& line : lines_) open_line(line);
  }

  int run() {
    start_ = Clock::now();
    const auto end = static_cast<std::int64_t>(options_.seconds * 1e9);
    std::int64_t now = 0;
    while (now < end) {
      for (; next_ <= now; next_ += gap_) due_.push_back(next_);
      while (!due_.empty() && !idle_.empty()) send_one();
      step(std::max<std::int64_t>(0, next_ - elapsed()));
      now = elapsed();
    }
    return report();
  }

 private:
  std::int64_t elapsed() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start_).count();
  }

  void open_line(Line& line) {
    line.fd = start_connect(options_.port);
    if (line.fd < 0) {
      ++errors_;
      return;
    }
    epoll_event event{};
    epoll_.add(line.fd, EPOLLOUT, &line);
    if (epoll_.wait(&event, 1, 1000) != 1) fail("connect");
    epoll_.change(line.fd, EPOLLIN, &line);
    idle_.push_back(&line);
  }

  void send_one() {
    Line& line = *idle_.back();
    idle_.pop_back();
    line.due = due_.front();
    due_.pop_front();
    line.head.reset();
    line.body = 0;
    const ssize_t n = send(line.fd, kRequest.data(), kRequest.size(), MSG_NOSIGNAL);
    if (n != static_cast<ssize_t>(kRequest.size())) lose(line);
  }

  void step(std::int64_t wait) {
    std::array<epoll_event, 64> events;
    const int count = epoll_.wait_ns(events.data(), static_cast<int>(events.size()), wait);
    for (int i = 0; i < count; ++i)
      read_from(*static_cast<Line*>(events[static_cast<std::size_t>(i)].data.ptr));
  }

  void read_from(Line& line) {
    if (line.fd < 0) return;
    const ssize_t n = recv(line.fd, scratch.data(), scratch.size(), 0);
    if (n < 0 && would_block()) return;
    if (n <= 0) return lose(line);
    const auto size = static_cast<std::size_t>(n);
    line.body += line.head.complete() ? size : line.head.take({scratch.data(), size});
    if (!line.head.complete() || line.body < line.head.length()) return;
    if (!line.head.good()) return lose(line);
    latencies_.push_back(elapsed() - line.due);
    idle_.push_back(&line);
  }

  void lose(Line& line) {
    ++errors_;
    close(line.fd);
    line.fd = -1;
  }

  double microseconds_at(double share) const {
    if (latencies_.empty()) return 0;
    const auto last = static_cast<double>(latencies_.size() - 1);
    return static_cast<double>(latencies_[static_cast<std::size_t>(share * last)]) / 1000;
  }

  int report() {
    std::sort(latencies_.begin(), latencies_.end());
    std::printf(
        "{\"answers\": %zu, \"waiting\": %zu, \"errors\": %d, \"p50\": %.1f, \"p99\": %.1f, "
        "\"p999\": %.1f, \"max\": %.1f, \"seconds\": %.3f}\n",
        latencies_.size(), due_.size(), errors_, microseconds_at(0.5), microseconds_at(0.99),
        microseconds_at(0.999), microseconds_at(1), seconds_since(start_));
    return errors_ == 0 ? 0 : 1;
  }

  LoadOptions options_;
  std::vector<Line> lines_;
  std::int64_t gap_;
  std::int64_t next_ = 0;
  Clock::time_point start_;
  Epoll epoll_;
  std::vector<Line*> idle_;
  std::deque<std::int64_t> due_;
  std::vector<std::int64_t> latencies_;
  int errors_ = 0;
};

}  // namespace

int run_fixed_rate(const LoadOptions& options) { return FixedRate(options).run(); }

}  // namespace poise::bench
