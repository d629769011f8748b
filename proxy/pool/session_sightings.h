// How many clients of sticky sessions were seen at a backend lately. Sessions are stateless: poise
// stores none of them and cannot know of one that stays silent, so what is counted are clients
// (address and User-Agent) whose session was served there within the last ten minutes. Clients
// behind one address with one User-Agent count as one; one that changes its address counts twice.
// An estimate by linear counting (Whang, Vander-Zanden and Taylor, ACM TODS 1990): 2,048 places, a
// client's place bears the second it was last seen. Off by about 2 % at 1,000 clients, 5 % at
// 10,000. One writer a worker; any thread may read.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "proxy/base/clock.h"

namespace poise::pool {

class SessionSightings {
 public:
  static constexpr std::size_t kPlaces = 2048;
  static constexpr base::Duration kWindow = std::chrono::minutes(10);

  // `client` is a hash: evenly spread over all bits.
  void saw(std::uint64_t client, base::MonotonicTime now) {
    places_[client % kPlaces].store(second_of(now), std::memory_order_relaxed);
  }

 private:
  friend class SightingCount;
  // From 1, as 0 is "never".
  static std::uint32_t second_of(base::MonotonicTime now) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
    return static_cast<std::uint32_t>(seconds.count()) + 1;
  }

  std::array<std::atomic<std::uint32_t>, kPlaces> places_{};
};

// Joins the workers' sightings at one moment.
class SightingCount {
 public:
  explicit SightingCount(base::MonotonicTime now);

  void add(const SessionSightings& of_worker);
  std::uint64_t clients() const;

 private:
  std::uint32_t oldest_;
  std::vector<bool> taken_ = std::vector<bool>(SessionSightings::kPlaces);
};

}  // namespace poise::pool
