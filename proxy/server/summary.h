// Traffic at a glance: totals since the start, and rates and latencies of the last seconds, as the
// admin's status, its pools and the ticks of its event stream show them. Plain values, made by
// SummaryWindow on the control thread; the names in them live as long as `view`.
#pragma once

#include <string_view>
#include <vector>

#include "proxy/server/metrics_view.h"
#include "proxy/server/record_sums.h"

namespace poise::server {

// Zero where there was nothing.
struct Latency {
  base::Duration p50{0};
  base::Duration p90{0};
  base::Duration p99{0};
};

struct BackendSummary {
  const pool::BackendRecord* record = nullptr;  // never null
  balancing::BackendStatus status = 0;
  std::uint32_t weight = 0;
  std::uint32_t connections = 0;
  BackendSums totals;
  double requests_per_s = 0;
  Latency duration;
  Latency wait;
};

struct PoolSummary {
  const pool::PoolPlan* plan = nullptr;  // never null
  std::size_t healthy = 0;
  bool panics = false;
  PoolSums totals;
  std::vector<BackendSummary> backends;  // in the plan's order
};

struct ListenerSummary {
  std::string_view name;
  ListenerSums totals;
};

struct WorkerSummary {
  std::size_t index = 0;
  std::uint64_t connections = 0;
  base::Duration lag_p99{0};
};

// Of all that the configuration in force has.
struct Summary {
  MetricsView view;
  ByClass requests{};
  ByCause failures{};
  std::uint64_t retries = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t queue_length = 0;
  double requests_per_s = 0;
  double retries_per_s = 0;
  std::array<double, base::kStatusClasses> requests_per_s_by_class{};
  std::array<double, base::kCauseCount> failures_per_s{};
  Latency duration;  // from the client's point of view
  Latency self;      // poise's own part
  std::vector<PoolSummary> pools;
  std::vector<ListenerSummary> listeners;
  std::vector<WorkerSummary> workers;
};

// "up", "down", "ejected", "draining", "unknown" or "probation"; the first that holds of these in
// the order in which an operator asks: draining, down, ejected, unknown, probation.
std::string_view state_text(balancing::BackendStatus status);

}  // namespace poise::server
