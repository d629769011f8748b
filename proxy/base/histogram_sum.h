// A histogram at one moment: the sum of several workers', or the difference between two moments,
// which is how a window of time looks. A plain value.
#pragma once

#include <array>
#include <cstdint>

#include "proxy/base/clock.h"
#include "proxy/base/histogram.h"

namespace poise::base {

struct HistogramSum {
  std::array<std::uint64_t, Histogram::kBuckets + 1> counts{};
  Duration sum{0};

  void add(const Histogram& histogram);
  HistogramSum& operator+=(const HistogramSum& other);
  // Requires: `earlier` is the same at an earlier moment.
  HistogramSum operator-(const HistogramSum& earlier) const;

  std::uint64_t count() const;
  // What that share of all is at most, interpolated within a bucket; zero when there is nothing.
  Duration quantile(double share) const;
};

}  // namespace poise::base
