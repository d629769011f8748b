#include "balancing/hash_ring.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "balancing/hash.h"
#include "balancing/rendezvous.h"

namespace poise::balancing {
namespace {

// Shares of small pools are then within some 4 % of the weights, and large ones need 8 MiB.
constexpr std::uint64_t kPointsEach = 1024;
constexpr std::uint64_t kMostPoints = 1 << 20;

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
  const double each = points_per_weight(backends);
  const auto identities = identities_of(backends);
  for (const BackendIndex i : in_order_of_identity(backends)) {
    const double exact = each * backends.weight(i);
    const auto count = exact == 0 ? 0 : std::max<std::uint64_t>(std::llround(exact), 1);
    for (std::uint64_t k = 0; k < count; ++k) {
      points_.push_back({static_cast<std::uint32_t>(mix(identities[i], k) >> 32), i});
    }
  }
  // Stable: equal places go by name.
  std::stable_sort(points_.begin(), points_.end(),
                   [](const Point& a, const Point& b) { return a.hash < b.hash; });
  index();
}

void HashRing::index() {
  const int bits = static_cast<int>(std::bit_width(points_.size()));
  shift_ = 32 - std::min(bits, 31);
  std::uint32_t place = 0;
  for (std::uint64_t start = 0; start >> 32 == 0; start += std::uint64_t{1} << shift_) {
    while (place < size() && points_[place].hash < start) ++place;
    starts_.push_back(place);
  }
}

std::uint32_t HashRing::find(std::uint64_t hash) const {
  const auto high = static_cast<std::uint32_t>(hash >> 32);
  std::uint32_t place = starts_[high >> shift_];
  while (place < size() && points_[place].hash < high) ++place;
  return place == size() ? 0 : place;
}

}  // namespace poise::balancing
