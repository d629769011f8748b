// Time limits for tests against real processes. Every wait has a deadline and ends as soon as its
// condition holds; there are no fixed sleeps. POISE_TEST_TIME_SCALE (for example 5 under a
// sanitizer) stretches every limit. Values only; usable from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace poise::support {

using Milliseconds = std::chrono::milliseconds;

inline constexpr Milliseconds kPatience{5000};

double time_scale();
Milliseconds scaled(Milliseconds limit);

class Deadline {
 public:
  explicit Deadline(Milliseconds limit = kPatience)
      : end_(std::chrono::steady_clock::now() + scaled(limit)) {}

  bool is_over() const { return std::chrono::steady_clock::now() >= end_; }
  Milliseconds left() const;
  std::chrono::steady_clock::time_point end() const { return end_; }

 private:
  std::chrono::steady_clock::time_point end_;
};

// Asks again and again, a millisecond apart, until `condition` holds or the deadline is over.
template <typename Condition>
bool comes_true(Condition condition, Deadline deadline = Deadline()) {
  while (!condition()) {
    if (deadline.is_over()) return false;
    std::this_thread::sleep_for(Milliseconds(1));
  }
  return true;
}

// Holds a thread back until another one opens it; once open, it stays open.
class Gate {
 public:
  void open();
  bool wait(Deadline deadline = Deadline());

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

}  // namespace poise::support
