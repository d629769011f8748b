#include "proxy/base/histogram_sum.h"

#include <cmath>
#include <numeric>

namespace poise::base {
namespace {

constexpr int kBeyond = Histogram::kBuckets;

Duration lower_bound_of(int bucket) {
  return bucket == 0 ? Duration::zero() : Histogram::upper_bound(bucket - 1);
}

}  // namespace

void HistogramSum::add(const Histogram& histogram) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] += histogram.count_in(static_cast<int>(i));
  }
  sum += histogram.sum();
}

HistogramSum& HistogramSum::operator+=(const HistogramSum& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  sum += other.sum;
  return *this;
}

HistogramSum HistogramSum::operator-(const HistogramSum& earlier) const {
  HistogramSum difference = *this;
  for (std::size_t i = 0; i < counts.size(); ++i) difference.counts[i] -= earlier.counts[i];
  difference.sum -= earlier.sum;
  return difference;
}

std::uint64_t HistogramSum::count() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

Duration HistogramSum::quantile(double share) const {
  const double wanted = share * static_cast<double>(count());
  double below = 0;
  for (int bucket = 0; bucket <= kBeyond; ++bucket) {
    const auto here = static_cast<double>(counts[static_cast<std::size_t>(bucket)]);
    if (here == 0 || below + here < wanted) {
      below += here;
      continue;
    }
    const Duration low = lower_bound_of(bucket);
    if (bucket == kBeyond) return low;
    const auto width = static_cast<double>((Histogram::upper_bound(bucket) - low).count());
    return low + Duration(std::llround(width * (wanted - below) / here));
  }
  return Duration::zero();
}

}  // namespace poise::base
