#include "balancing/hash_ring.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "balancing/hash.h"
#include "balancing/rendezvous.h"

namespace poise::balancing {
namespace {

// Shares of small pools are then within some 4 % of the weights.
constexpr std::uint64_t kPointsEach = 1024;
constexpr std::uint64_t kMostPoints = 1 << 20;
// The index has an entry for each point or so, so that a find takes one or two steps; but no more
// than stay in a processor's near memory. Points of large rings are far, so a find waits for them
// once, and the few it passes then lie side by side.
constexpr int kMostIndexBits = 17;

// Points for a weight of 1: a power of two, so that it stays as it is, and with it every point,
// while backends come and go.
double points_per_weight(const BackendSet& backends) {
  const auto points = std::min(kPointsEach * backends.size(), kMostPoints);
  const double exact = static_cast<double>(points) / static_cast<double>(backends.total_weight());
  return std::exp2(std::floor(std::log2(exact)));
}

}  // namespace

HashRing::HashRing(const BackendSet& backends) {
  if (backends.total_weight() == 0) return;
  const std::vector<Point> points = points_of(backends);
  backend_bits_ = static_cast<int>(std::bit_width(backends.size()));
  backend_mask_ = (std::uint32_t{1} << backend_bits_) - 1;
  // At least so many that what is left of a hash fits above the backend.
  const int index_bits = std::max(
      std::min(static_cast<int>(std::bit_width(points.size())), kMostIndexBits), backend_bits_);
  index_shift_ = 32 - index_bits;
  index(points);
  const std::uint64_t left = (std::uint64_t{1} << index_shift_) - 1;
  points_.reserve(points.size());
  for (const Point& point : points) {
    const std::uint64_t hash = point.hash & left;
    points_.push_back(static_cast<std::uint32_t>(hash << backend_bits_) | point.backend);
  }
}

std::vector<HashRing::Point> HashRing::points_of(const BackendSet& backends) {
  std::vector<Point> points;
  const double each = points_per_weight(backends);
  const auto identities = identities_of(backends);
  for (const BackendIndex i : in_order_of_identity(backends)) {
    const double exact = each * backends.weight(i);
    const auto count = exact == 0 ? 0 : std::max<std::uint64_t>(std::llround(exact), 1);
    for (std::uint64_t k = 0; k < count; ++k) {
      points.push_back({static_cast<std::uint32_t>(mix(identities[i], k) >> 32), i});
    }
  }
  // Stable: equal places go by name.
  std::stable_sort(points.begin(), points.end(),
                   [](const Point& a, const Point& b) { return a.hash < b.hash; });
  return points;
}

void HashRing::index(const std::vector<Point>& points) {
  std::uint32_t place = 0;
  for (std::uint64_t start = 0; start >> 32 == 0; start += std::uint64_t{1} << index_shift_) {
    while (place < points.size() && points[place].hash < start) ++place;
    starts_.push_back(place);
  }
  starts_.push_back(static_cast<std::uint32_t>(points.size()));
}

std::uint32_t HashRing::find(std::uint64_t hash) const {
  const auto high = static_cast<std::uint32_t>(hash >> 32);
  const std::uint32_t entry = high >> index_shift_;
  const std::uint32_t left = high - (entry << index_shift_);
  std::uint32_t place = starts_[entry];
  const std::uint32_t end = starts_[entry + 1];
  while (place < end && points_[place] >> backend_bits_ < left) ++place;
  return place == size() ? 0 : place;
}

}  // namespace poise::balancing
