// How often something took how long: fixed buckets, ten a decade from 10 us to 100 s, so that 1, 2
// and 5 of each decade are bounds. Each bucket holds its upper bound. One writer, any thread may
// read. To find a bucket takes a few instructions: a quarter of a power of two is narrower than the
// steps between bounds, so at most one bound lies in it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "proxy/base/clock.h"
#include "proxy/base/counters.h"

namespace poise::base {

namespace histogram {

inline constexpr int kBounds = 71;
// Durations are judged by their leading bits; what is shorter or longer goes where these go.
inline constexpr int kLeastLog2 = 13;
inline constexpr int kMostLog2 = 37;
inline constexpr std::int64_t kLeast = std::int64_t{1} << kLeastLog2;
inline constexpr std::int64_t kMost = std::int64_t{1} << kMostLog2;
inline constexpr std::size_t kPlaces = (kMostLog2 - kLeastLog2) * 4 + 1;

// A quarter of a power of two: the bucket its lowest value is in, and that bucket's bound.
struct Place {
  std::uint64_t bound = 0;
  std::uint32_t bucket = 0;
};

constexpr std::array<std::uint64_t, kBounds> make_bounds() {
  constexpr std::array<std::uint64_t, 10> kSteps{100, 125, 160, 200, 250, 315, 400, 500, 630, 800};
  std::array<std::uint64_t, kBounds> bounds{};
  std::uint64_t decade = 100;  // nanoseconds
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    bounds[i] = decade * kSteps[i % kSteps.size()];
    if (i % kSteps.size() == kSteps.size() - 1) decade *= 10;
  }
  return bounds;
}
inline constexpr std::array<std::uint64_t, kBounds> kBoundList = make_bounds();

constexpr std::array<Place, kPlaces> make_places() {
  std::array<Place, kPlaces> places{};
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::uint64_t lowest = (4 + i % 4) << (kLeastLog2 - 2 + i / 4);
    const auto bound = std::lower_bound(kBoundList.begin(), kBoundList.end(), lowest);
    places[i].bucket = static_cast<std::uint32_t>(bound - kBoundList.begin());
    places[i].bound = bound == kBoundList.end() ? UINT64_MAX : *bound;
  }
  return places;
}
inline constexpr std::array<Place, kPlaces> kPlaceList = make_places();

// Requires: kLeast to kMost.
inline const Place& place_of(std::uint64_t nanoseconds) {
  const auto log2 = static_cast<unsigned>(std::bit_width(nanoseconds)) - 1;
  return kPlaceList[4 * (log2 - kLeastLog2) + ((nanoseconds >> (log2 - 2)) & 3)];
}

}  // namespace histogram

class Histogram {
 public:
  static constexpr int kBuckets = histogram::kBounds;  // with a bound; one more holds the rest

  void observe(Duration duration) {
    const auto judged = static_cast<std::uint64_t>(
        std::clamp<std::int64_t>(duration.count(), histogram::kLeast, histogram::kMost));
    const histogram::Place& place = histogram::place_of(judged);
    buckets_[place.bucket + (judged > place.bound ? 1U : 0U)].add();
    sum_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)));
  }

  static constexpr Duration upper_bound(int bucket) {
    return Duration(histogram::kBoundList[static_cast<std::size_t>(bucket)]);
  }
  std::uint64_t count_in(int bucket) const {
    return buckets_[static_cast<std::size_t>(bucket)].read();
  }
  Duration sum() const { return Duration(sum_.read()); }

  // The sum, then the buckets: to be written down and read again.
  template <class Visit>
  void for_each_cell(Visit visit) {
    visit(sum_);
    for (Cell& bucket : buckets_) visit(bucket);
  }
  template <class Visit>
  void for_each_cell(Visit visit) const {
    visit(sum_);
    for (const Cell& bucket : buckets_) visit(bucket);
  }

 private:
  Cell sum_;  // nanoseconds; first, to stand beside what its owner counts as often
  std::array<Cell, kBuckets + 1> buckets_;
};

}  // namespace poise::base
