// Metric cells with one writer each: the worker that owns them adds without a locked instruction,
// any thread may read, and readers sum over the workers. Histograms count seconds in fixed buckets.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

#include "proxy/base/clock.h"

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

// Buckets are powers of two of 16 microseconds: 16 us, 32 us, … 134 s, and more.
class Histogram {
 public:
  static constexpr int kBuckets = 24;

  void observe(Duration duration) {
    const auto nanoseconds =
        static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count());
    buckets_[static_cast<std::size_t>(bucket_of(nanoseconds))].add();
    sum_nanoseconds_.add(nanoseconds);
  }

  static constexpr Duration upper_bound(int bucket) {
    return std::chrono::microseconds(16) * (std::int64_t{1} << bucket);
  }
  std::uint64_t count_in(int bucket) const {
    return buckets_[static_cast<std::size_t>(bucket)].read();
  }
  Duration sum() const { return Duration(sum_nanoseconds_.read()); }

 private:
  static int bucket_of(std::uint64_t nanoseconds) {
    if (nanoseconds == 0) return 0;
    const auto bucket = static_cast<int>(std::bit_width((nanoseconds - 1) / 16000));
    return bucket < kBuckets ? bucket : kBuckets;
  }

  std::array<Cell, kBuckets + 1> buckets_;
  Cell sum_nanoseconds_;
};

// Index of a status' class in counters by "1xx" to "5xx".
inline constexpr int kStatusClasses = 5;
inline std::size_t status_class(int status) {
  return static_cast<std::size_t>(status < 100 || status > 599 ? 4 : status / 100 - 1);
}

}  // namespace poise::base
