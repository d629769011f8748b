// The load generators behind poise_bench_loadgen, for what wrk cannot do: bulk without copying,
// readers that are slow on purpose, and a fixed rate whose latencies count from when a request was
// due (so a stall is not hidden by the requests it kept from being sent).
// Each prints one line of JSON and returns the exit code: 0, or 1 where anything failed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace poise::bench {

struct LoadOptions {
  int port = 0;
  int connections = 1;
  std::uint64_t bytes = 0;  // of one body
  double seconds = 0;       // 0: every connection moves one body and that is all
  double rate = 0;          // requests a second, or bytes a second for slow readers
};

int run_download(const LoadOptions& options);
int run_upload(const LoadOptions& options);
int run_slow_readers(const LoadOptions& options);
int run_fixed_rate(const LoadOptions& options);

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Collects an answer's head; once it is complete, says how long the body is.
class AnswerHead {
 public:
  // Takes what it needs of `bytes` and returns how many of them belong to the body.
  std::size_t take(std::string_view bytes);
  bool complete() const { return complete_; }
  bool good() const { return good_; }
  std::uint64_t length() const { return length_; }
  void reset() { *this = AnswerHead(); }

 private:
  std::string head_;
  std::uint64_t length_ = 0;
  bool complete_ = false;
  bool good_ = false;
};

}  // namespace poise::bench
