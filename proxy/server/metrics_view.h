// Everything that is counted, for whoever shows it. Made on the control thread in a moment, without
// asking a worker anything; from then on any thread may read it, as it is constant but for the
// cells it leads to. Keeps what it shows alive. A large one takes a few milliseconds to sum up:
// better not on a loop.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "proxy/server/reload_state.h"
#include "proxy/server/snapshot.h"
#include "proxy/server/worker_cells.h"

namespace poise::server {

struct MetricsView {
  std::shared_ptr<const Snapshot> snapshot;
  // Those of the snapshot, and those of past ones that still have connections.
  std::vector<std::shared_ptr<const exchange::ListenerRecord>> listeners;
  std::shared_ptr<const WorkerRecords> workers;
  ReloadState reload;
};

// The records of a listener, HTTP's or TCP's.
const exchange::ListenerRecord& listener_record(const ListenerSnapshot& listener);
const exchange::RouteRecords& route_records(const ListenerSnapshot& listener);

}  // namespace poise::server
