// What is counted of a listener, and of a route of HTTP or TCP by the pool it led to, for as long
// as any configuration, connection or request has it: known by these names, it outlives reloads.
// Made by the control thread, shared by all workers. Cells are named by interface.md's metrics, and
// ordered so that one request touches few cache lines.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proxy/base/counters.h"
#include "proxy/base/error.h"
#include "proxy/base/histogram.h"
#include "proxy/base/per_worker.h"

namespace poise::exchange {

struct ListenerCells {
  base::Cell connections;  // open now
  base::Cell connections_total;
  base::Cell bytes_in;  // from clients
  base::Cell bytes_out;
};

struct ListenerRecord {
  explicit ListenerRecord(std::string listener_name = {}) : name(std::move(listener_name)) {}

  const std::string name;
  base::PerWorker<ListenerCells> cells;
};

struct RouteCells {
  std::array<base::Cell, base::kStatusClasses> requests;
  base::Histogram duration;
  base::Histogram self;  // not of TCP sessions
  std::array<base::Cell, base::kCauseCount> failures;
};

struct RouteRecord {
  RouteRecord() = default;
  RouteRecord(std::string listener_name, std::string route_name, std::string pool_name)
      : listener(std::move(listener_name)),
        route(std::move(route_name)),
        pool(std::move(pool_name)) {}

  const std::string listener;
  const std::string route;  // empty: what no route took
  const std::string pool;   // empty: what was answered before a pool was chosen
  base::PerWorker<RouteCells> cells;
};

// Of one listener. By routes in their order: one without a pool (RoutePlan::row), then one for each
// of its pools; at the end one for what no route took.
using RouteRecords = std::vector<std::shared_ptr<RouteRecord>>;

// One worker's cells, by row of the records, which outlive it. On that worker's thread. Made when
// they are first needed: of ten thousand routes most are quiet.
class RouteRows {
 public:
  RouteRows(const RouteRecords& records, std::size_t worker)
      : records_(records), worker_(worker), cells_(records.size()) {}

  RouteCells& at(std::size_t row) {
    RouteCells*& cells = cells_[row];
    if (cells == nullptr) cells = &records_[row]->cells.of(worker_);
    return *cells;
  }
  std::size_t row_of_no_route() const { return cells_.size() - 1; }

 private:
  const RouteRecords& records_;
  std::size_t worker_;
  std::vector<RouteCells*> cells_;
};

}  // namespace poise::exchange
