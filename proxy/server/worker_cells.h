// What is counted of a worker by its index, whoever has that index: a worker that a later
// configuration brings back goes on where the one before it ended. Written by that worker.
#pragma once

#include "proxy/base/histogram.h"
#include "proxy/base/per_worker.h"

namespace poise::server {

struct WorkerCells {
  base::Histogram turns;  // poise_worker_loop_lag_seconds
};

using WorkerRecords = base::PerWorker<WorkerCells>;

}  // namespace poise::server
