// Whose median wait stands out: each backend is compared with the median of the others' medians, so
// that a slow one does not raise the measure it is judged by. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "proxy/base/clock.h"

namespace poise::health {

class LatencyRank {
 public:
  // With fewer than two others there is no telling who is odd.
  static constexpr std::size_t kLeastOthers = 2;
  // Differences below this are noise, however large the factor.
  static constexpr base::Duration kLeastGap = std::chrono::milliseconds(1);

  struct Slowest {
    std::size_t backend;
    base::Duration median;
    base::Duration reference;
    double factor;
  };

  void add(std::size_t backend, base::Duration median) { entries_.push_back({median, backend}); }

  // The slowest of all, if it is so many times as slow as the others.
  std::optional<Slowest> slowest(double factor);

 private:
  struct Entry {
    base::Duration median;
    std::size_t backend;
  };
  std::vector<Entry> entries_;
};

}  // namespace poise::health
