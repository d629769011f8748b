// Metric cells with one writer each: the worker that owns them adds without a locked instruction,
// any thread may read, and readers sum over the workers.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace poise::base {

class Cell {
 public:
  void add(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void subtract(std::uint64_t amount) {
    value_.store(value_.load(std::memory_order_relaxed) - amount, std::memory_order_relaxed);
  }
  std::uint64_t read() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Index of a status' class in counters by "1xx" to "5xx".
inline constexpr int kStatusClasses = 5;
inline std::size_t status_class(int status) {
  return static_cast<std::size_t>(status < 100 || status > 599 ? 4 : status / 100 - 1);
}

}  // namespace poise::base
