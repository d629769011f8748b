// What all workers together counted of a listener, a route, a pool or a backend, read in one pass.
// Any thread may read; each number only grows from one reading to the next, but for gauges. Plain
// values.
#pragma once

#include <array>
#include <cstdint>

#include "proxy/base/histogram_sum.h"
#include "proxy/exchange/route_record.h"
#include "proxy/pool/backend_record.h"

namespace poise::server {

using ByClass = std::array<std::uint64_t, base::kStatusClasses>;
using ByCause = std::array<std::uint64_t, base::kCauseCount>;

struct ListenerSums {
  std::uint64_t connections = 0;  // a gauge
  std::uint64_t connections_total = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};
struct RouteSums {
  bool was_used = false;  // some worker counted something
  ByClass requests{};
  ByCause failures{};
  base::HistogramSum duration;
  base::HistogramSum self;

  RouteSums& operator+=(const RouteSums& other);
};
struct PoolSums {
  std::uint64_t retries = 0;
  std::uint64_t retry_budget_exhausted = 0;
  std::uint64_t queue_length = 0;  // a gauge
  base::HistogramSum queue;
};
struct BackendSums {
  ByClass requests{};
  ByCause failures{};
  std::uint64_t in_flight = 0;  // a gauge
  base::HistogramSum duration;
  base::HistogramSum wait;
};

ListenerSums sums_of(const exchange::ListenerRecord& record);
RouteSums sums_of(const exchange::RouteRecord& record);
PoolSums sums_of(const pool::PoolRecord& record);
BackendSums sums_of(const pool::BackendRecord& record);

// Of any array of cells.
template <std::size_t kCount>
void add_cells(std::array<std::uint64_t, kCount>& sums,
               const std::array<base::Cell, kCount>& cells) {
  for (std::size_t i = 0; i < kCount; ++i) sums[i] += cells[i].read();
}
template <std::size_t kCount>
void add_sums(std::array<std::uint64_t, kCount>& sums,
              const std::array<std::uint64_t, kCount>& others) {
  for (std::size_t i = 0; i < kCount; ++i) sums[i] += others[i];
}

}  // namespace poise::server
