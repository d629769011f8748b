#include "proxy/server/record_sums.h"

namespace poise::server {

ListenerSums sums_of(const exchange::ListenerRecord& record) {
  ListenerSums sums;
  record.cells.for_each([&](const exchange::ListenerCells& cells) {
    sums.connections += cells.connections.read();
    sums.connections_total += cells.connections_total.read();
    sums.bytes_in += cells.bytes_in.read();
    sums.bytes_out += cells.bytes_out.read();
  });
  return sums;
}

RouteSums sums_of(const exchange::RouteRecord& record) {
  RouteSums sums;
  record.cells.for_each([&](const exchange::RouteCells& cells) {
    sums.was_used = true;
    add_cells(sums.requests, cells.requests);
    add_cells(sums.failures, cells.failures);
    sums.duration.add(cells.duration);
    sums.self.add(cells.self);
  });
  return sums;
}

RouteSums& RouteSums::operator+=(const RouteSums& other) {
  was_used = was_used || other.was_used;
  add_sums(requests, other.requests);
  add_sums(failures, other.failures);
  duration += other.duration;
  self += other.self;
  return *this;
}

PoolSums sums_of(const pool::PoolRecord& record) {
  PoolSums sums;
  record.cells.for_each([&](const pool::PoolCells& cells) {
    sums.retries += cells.retries.read();
    sums.retry_budget_exhausted += cells.retry_budget_exhausted.read();
    sums.queue_length += cells.queue_length.read();
    sums.queue.add(cells.queue);
  });
  return sums;
}

BackendSums sums_of(const pool::BackendRecord& record) {
  BackendSums sums;
  record.cells.for_each([&](const pool::BackendCells& cells) {
    add_cells(sums.requests, cells.requests);
    add_cells(sums.failures, cells.failures);
    sums.in_flight += cells.in_flight.read();
    sums.duration.add(cells.duration);
    sums.wait.add(cells.wait);
  });
  return sums;
}

}  // namespace poise::server
