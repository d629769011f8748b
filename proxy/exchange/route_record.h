// What is counted of a route, of HTTP or TCP, for as long as any configuration or running request
// has it: known by its listener's and its own name, it outlives reloads. Made by the control
// thread, shared by all workers.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "proxy/base/counters.h"
#include "proxy/base/error.h"
#include "proxy/base/per_worker.h"

namespace poise::exchange {

struct RouteCells {
  std::array<base::Cell, base::kStatusClasses> requests;
  std::array<base::Cell, base::kCauseCount> failures;
  base::Histogram duration;
  base::Histogram self;
};

struct RouteRecord {
  base::PerWorker<RouteCells> cells;
};

// Of one listener: its routes in their order, then one for what no route took.
using RouteRecords = std::vector<std::shared_ptr<RouteRecord>>;

// One worker's cells, in the same order. On that worker's thread.
inline std::vector<RouteCells*> cells_of(const RouteRecords& records, std::size_t worker) {
  std::vector<RouteCells*> cells;
  for (const auto& record : records) cells.push_back(&record->cells.of(worker));
  return cells;
}

}  // namespace poise::exchange
