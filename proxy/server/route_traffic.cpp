#include "proxy/server/route_traffic.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "health/evidence.h"

namespace poise::server {
namespace {

using base::Cause;

constexpr std::uint64_t kLeastRequests = 50;
constexpr std::uint64_t kLeastForLatency = 100;
constexpr std::uint64_t kLeastBad = 10;
constexpr double kMuchWorse = 2;
constexpr double kMorePoints = 0.02;
constexpr double kStandardErrors = 3;
constexpr double kWithoutBefore = 0.1;
constexpr double kSlowShare = 0.03;
constexpr base::Duration kSlowerBy = std::chrono::milliseconds(10);

bool is_clients_fault(Cause cause) {
  switch (cause) {
    case Cause::none:
    case Cause::denied:
    case Cause::rate_limited:
    case Cause::request_malformed:
    case Cause::request_smuggling:
    case Cause::request_too_large:
    case Cause::request_timeout:
    case Cause::header_timeout:
    case Cause::body_timeout:
    case Cause::client_gone:
    case Cause::client_too_slow:
      return true;
    default:
      return false;
  }
}

// What poise answered with 5xx is counted by status and by cause; what it cut by cause only.
std::uint64_t failures_of(const exchange::RouteCells& cells) {
  std::uint64_t with_5xx = 0;
  std::uint64_t others = 0;
  for (int i = 0; i < base::kCauseCount; ++i) {
    const auto cause = static_cast<Cause>(i);
    if (is_clients_fault(cause)) continue;
    const std::uint64_t count = cells.failures[static_cast<std::size_t>(i)].read();
    (base::status_of({.cause = cause}) >= 500 ? with_5xx : others) += count;
  }
  return std::max(with_5xx, cells.requests[base::status_class(500)].read()) + others;
}

// Whether the difference of the shares is more than chance makes of one share.
bool is_beyond_chance(const RouteTraffic& before, const RouteTraffic& now) {
  const auto count_before = static_cast<double>(before.requests);
  const auto count_now = static_cast<double>(now.requests);
  const double share =
      static_cast<double>(before.failures + now.failures) / (count_before + count_now);
  const double error = std::sqrt(share * (1 - share) * (1 / count_before + 1 / count_now));
  return now.failure_share() - before.failure_share() > kStandardErrors * error;
}

bool fails_more(const RouteTraffic& before, const RouteTraffic& now) {
  if (now.failures < kLeastBad) return false;
  const double share = now.failure_share();
  if (before.requests < kLeastRequests) return share > kWithoutBefore;
  const double old_share = before.failure_share();
  return share > kMuchWorse * old_share && share > old_share + kMorePoints &&
         is_beyond_chance(before, now);
}

base::Duration latency_limit(const RouteTraffic& before) {
  const base::Duration p99 = before.p99();
  return std::max<base::Duration>(2 * p99, p99 + kSlowerBy);
}

bool is_slower(const RouteTraffic& before, const RouteTraffic& now) {
  if (before.requests < kLeastForLatency || now.requests < kLeastForLatency) return false;
  const std::uint64_t slow = now.slower_than(latency_limit(before));
  return slow >= kLeastBad &&
         static_cast<double>(slow) > kSlowShare * static_cast<double>(now.requests);
}

}  // namespace

void RouteTraffic::add(const exchange::RouteRecord& record, Carried carried) {
  record.cells.for_each_worker([&](std::size_t worker, const exchange::RouteCells& cells) {
    if (worker == base::kCarriedOver && carried == Carried::without) return;
    failures += failures_of(cells);
    for (std::size_t i = 0; i < kBuckets; ++i) {
      const std::uint64_t count = cells.duration.count_in(static_cast<int>(i));
      durations[i] += count;
      requests += count;
    }
  });
}

RouteTraffic& RouteTraffic::operator+=(const RouteTraffic& other) {
  requests += other.requests;
  failures += other.failures;
  for (std::size_t i = 0; i < kBuckets; ++i) durations[i] += other.durations[i];
  return *this;
}

RouteTraffic RouteTraffic::since(const RouteTraffic& earlier) const {
  RouteTraffic rest = *this;
  rest.requests -= earlier.requests;
  rest.failures -= std::min(earlier.failures, failures);
  for (std::size_t i = 0; i < kBuckets; ++i) rest.durations[i] -= earlier.durations[i];
  return rest;
}

double RouteTraffic::failure_share() const {
  return requests == 0 ? 0 : static_cast<double>(failures) / static_cast<double>(requests);
}

base::Duration RouteTraffic::p99() const {
  if (requests == 0) return {};
  const std::uint64_t wanted = requests - requests / 100;
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  while (bucket < kBuckets - 1 && (seen += durations[bucket]) < wanted) ++bucket;
  return base::Histogram::upper_bound(static_cast<int>(std::min(bucket, kBuckets - 2)));
}

std::uint64_t RouteTraffic::slower_than(base::Duration limit) const {
  std::size_t bucket = 0;
  while (bucket < kBuckets - 1 && base::Histogram::upper_bound(static_cast<int>(bucket)) < limit) {
    ++bucket;
  }
  const auto first = durations.begin() + static_cast<std::ptrdiff_t>(bucket) + 1;
  if (bucket + 1 >= kBuckets) return 0;
  return std::accumulate(first, durations.end(), std::uint64_t{0});
}

std::string worse_than(const RouteTraffic& before, const RouteTraffic& now) {
  if (now.requests < kLeastRequests) return {};
  if (fails_more(before, now)) {
    return health::percent_text(now.failure_share()) + " of " + std::to_string(now.requests) +
           " requests failed, " + health::percent_text(before.failure_share()) + " before";
  }
  if (is_slower(before, now)) {
    return "p99 is " + health::text_of(now.p99()) + " over " + std::to_string(now.requests) +
           " requests, " + health::text_of(before.p99()) + " before";
  }
  return {};
}

}  // namespace poise::server
