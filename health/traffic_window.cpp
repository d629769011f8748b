#include "health/traffic_window.h"

#include <numeric>

namespace poise::health {

using base::Duration;
using base::Histogram;

TrafficCounts TrafficCounts::operator-(const TrafficCounts& earlier) const {
  TrafficCounts difference{passed - earlier.passed, failed - earlier.failed, {}};
  for (std::size_t i = 0; i < waits.size(); ++i) {
    difference.waits[i] = waits[i] - earlier.waits[i];
  }
  return difference;
}

std::uint32_t TrafficCounts::waited() const {
  return std::accumulate(waits.begin(), waits.end(), std::uint32_t{0});
}

Duration TrafficCounts::median_wait() const {
  const double half = waited() / 2.0;
  double below = 0;
  for (int bucket = 0; bucket < static_cast<int>(waits.size()); ++bucket) {
    const double here = waits[static_cast<std::size_t>(bucket)];
    if (here == 0 || below + here < half) {
      below += here;
      continue;
    }
    if (bucket == Histogram::kBuckets) return Histogram::upper_bound(bucket - 1);
    const Duration low = bucket == 0 ? Duration::zero() : Histogram::upper_bound(bucket - 1);
    const Duration high = Histogram::upper_bound(bucket);
    const double share = (half - below) / here;
    return low +
           Duration(static_cast<Duration::rep>(static_cast<double>((high - low).count()) * share));
  }
  return Duration::zero();
}

void TrafficWindow::read(const TrafficCounts& now_counted, base::MonotonicTime now) {
  const std::size_t latest = (next_ + kSlices) % (kSlices + 1);
  if (filled_ == 0 || now - readings_[latest].at >= length_ / kSlices) {
    readings_[next_] = {now, now_counted};
    next_ = (next_ + 1) % (kSlices + 1);
    ++filled_;
  }
  counts_ = now_counted - readings_[oldest()].counted;
  last_read_ = now;
}

Duration TrafficWindow::span() const {
  return filled_ == 0 ? Duration::zero() : last_read_ - readings_[oldest()].at;
}

void TrafficWindow::clear() {
  next_ = filled_ = 0;
  counts_ = {};
}

}  // namespace poise::health
