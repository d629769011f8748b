#include "proxy/pool/session_sightings.h"

#include <algorithm>
#include <cmath>

namespace poise::pool {

SightingCount::SightingCount(base::MonotonicTime now) {
  constexpr auto kSeconds =
      std::chrono::duration_cast<std::chrono::seconds>(SessionSightings::kWindow);
  const std::uint32_t second = SessionSightings::second_of(now);
  oldest_ = second > kSeconds.count() ? second - static_cast<std::uint32_t>(kSeconds.count()) : 1;
}

void SightingCount::add(const SessionSightings& of_worker) {
  for (std::size_t i = 0; i < SessionSightings::kPlaces; ++i) {
    if (of_worker.places_[i].load(std::memory_order_relaxed) >= oldest_) taken_[i] = true;
  }
}

std::uint64_t SightingCount::clients() const {
  constexpr double kPlaces = SessionSightings::kPlaces;
  const auto taken = static_cast<double>(std::count(taken_.begin(), taken_.end(), true));
  const double free = std::max(kPlaces - taken, 1.0);
  return static_cast<std::uint64_t>(std::llround(-kPlaces * std::log(free / kPlaces)));
}

}  // namespace poise::pool
