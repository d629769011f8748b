// How the requests of some routes have fared, summed over workers, and whether they fare clearly
// worse than before: what a reload that is still to be confirmed is judged by. Pure but for reading
// counters.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "proxy/base/clock.h"
#include "proxy/exchange/route_record.h"

namespace poise::server {

struct RouteTraffic {
  static constexpr std::size_t kBuckets = base::Histogram::kBuckets + 1;

  std::uint64_t requests = 0;
  // Answered with 5xx, cut, or taken by no route. What the client alone is to blame for is none.
  std::uint64_t failures = 0;
  std::array<std::uint64_t, kBuckets> durations{};  // as base::Histogram's buckets

  // What a process before this one counted comes in lumps, some of it late.
  enum class Carried : bool { without, with };
  void add(const exchange::RouteRecord& record, Carried carried = Carried::with);
  RouteTraffic& operator+=(const RouteTraffic& other);
  // What came since then.
  RouteTraffic since(const RouteTraffic& earlier) const;

  double failure_share() const;
  // 99 % took at most so long, as far as the buckets tell; 0 without requests.
  base::Duration p99() const;
  // How many took longer, by buckets that lie above that limit as a whole.
  std::uint64_t slower_than(base::Duration limit) const;
};

// In words what is clearly worse, or empty. Clearly: no judgement below 50 requests. Failures: at
// least 10, more than twice the share before and 2 points more, and not by chance (three standard
// errors of the difference); where fewer than 50 requests came before, more than 10 %. Latency:
// with 100 requests on either side, more than 3 % (and at least 10) took longer than twice the p99
// before and 10 ms more than that.
std::string worse_than(const RouteTraffic& before, const RouteTraffic& now);

}  // namespace poise::server
