// How the traffic of one backend fared lately: the difference between its counters now and those a
// window ago. Counters are read every so often; kept are six readings, so the window is exact to a
// fifth of its length. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "proxy/base/clock.h"
#include "proxy/base/histogram.h"

namespace poise::health {

// Sums over all workers since the process began. They may wrap: only differences count.
struct TrafficCounts {
  std::uint32_t passed = 0;
  std::uint32_t failed = 0;
  std::array<std::uint32_t, base::Histogram::kBuckets + 1> waits{};  // to the first byte

  TrafficCounts operator-(const TrafficCounts& earlier) const;
  std::uint32_t judged() const { return passed + failed; }
  std::uint32_t waited() const;
  // Interpolated within a bucket, whose ends are a factor of 1.27 apart at most. Requires: waited()
  // > 0.
  base::Duration median_wait() const;
};

class TrafficWindow {
 public:
  explicit TrafficWindow(base::Duration length) : length_(length) {}

  void read(const TrafficCounts& now_counted, base::MonotonicTime now);
  // Since the window began, or since clear().
  const TrafficCounts& counts() const { return counts_; }
  // How long that is.
  base::Duration span() const;
  // Forgets: what was before shall not be held against the backend.
  void clear();

 private:
  struct Reading {
    base::MonotonicTime at{};
    TrafficCounts counted;
  };
  static constexpr std::size_t kSlices = 5;

  std::size_t oldest() const { return filled_ <= kSlices ? 0 : (next_ % (kSlices + 1)); }

  base::Duration length_;
  std::array<Reading, kSlices + 1> readings_{};
  std::size_t next_ = 0;    // where the next reading goes
  std::size_t filled_ = 0;  // readings there are
  TrafficCounts counts_;
  base::MonotonicTime last_read_{};
};

}  // namespace poise::health
