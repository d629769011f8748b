#include "health/latency_rank.h"

#include <algorithm>

namespace poise::health {

std::optional<LatencyRank::Slowest> LatencyRank::slowest(double factor) {
  if (entries_.size() <= kLeastOthers) return std::nullopt;
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.median < b.median; });
  const Entry& last = entries_.back();
  const std::size_t others = entries_.size() - 1;
  const base::Duration low = entries_[(others - 1) / 2].median;
  const base::Duration high = entries_[others / 2].median;
  const base::Duration reference = std::max<base::Duration>((low + high) / 2, base::Duration(1));
  const double ratio =
      static_cast<double>(last.median.count()) / static_cast<double>(reference.count());
  if (ratio < factor || last.median - reference < kLeastGap) return std::nullopt;
  return Slowest{last.backend, last.median, reference, ratio};
}

}  // namespace poise::health
