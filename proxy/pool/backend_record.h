// What is known of a backend, and of a pool, for as long as any configuration or running request
// has it: a reload that keeps the backend keeps its record, and with it the counters, the health
// and the number of its connections. Made by the control thread; shared by all workers. Everything
// in it is a relaxed atomic or has one writer. Holds no connection and decides nothing.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "balancing/backend_status.h"
#include "balancing/shared_load.h"
#include "health/subject.h"
#include "proxy/base/counters.h"
#include "proxy/base/error.h"
#include "proxy/base/histogram.h"
#include "proxy/base/per_worker.h"
#include "proxy/net/address.h"
#include "proxy/pool/session_sightings.h"

namespace poise::pool {

// Cells by interface.md's metric names, each without its poise_backend_ and _total. What every
// request writes stands in front: with the duration's sum it fills one cache line.
struct BackendCells {
  std::array<base::Cell, base::kStatusClasses> requests;
  base::Cell in_flight;
  base::Cell passed;  // tries that passive health counts for the backend
  base::Histogram duration;
  base::Histogram wait;  // of HTTP only
  base::Cell failed;     // tries that it counts against the backend
  std::array<base::Cell, base::kCauseCount> failures;
};
struct PoolCells {
  base::Cell retries;
  base::Cell retry_budget_exhausted;
  base::Cell queue_length;
  base::Histogram queue;  // time in the line, however it ended
};

// What all workers know of one backend's connections: how many there are, and which worker's pool
// waits for one of them to go (the last that looked).
struct alignas(base::kCacheLine) SharedBackend {
  std::atomic<std::uint32_t> connections{0};
  std::atomic<const void*> starving{nullptr};
};

struct BackendRecord {
  BackendRecord(std::string backend_name, const net::Address& backend_address)
      : name(std::move(backend_name)), address(backend_address) {}

  const std::string name;
  const net::Address address;
  SharedBackend shared;
  balancing::SharedLoad load;

  // Health's. The control thread stores since when the status holds, the status, and then bumps the
  // pool's status_version.
  alignas(base::kCacheLine) std::atomic<base::MonotonicTime> status_since{base::MonotonicTime{}};
  std::atomic<balancing::BackendStatus> status{0};
  std::atomic<std::uint32_t> failure_limit{0};  // in a row, that health wants to hear of; 0: none
  health::HealthCells health;
  alignas(base::kCacheLine) std::atomic<std::uint32_t> consecutive_failures{0};  // by workers

  base::PerWorker<BackendCells> cells;
  base::PerWorker<SessionSightings> sightings;  // where the pool has sticky sessions
};

// Hears at once, on any worker's thread, that a backend of a pool failed so often in a row.
class FailureAlarm {
 public:
  virtual void on_failing(const std::string& pool) noexcept = 0;

 protected:
  ~FailureAlarm() = default;
};

struct PoolRecord {
  // Changes (release) after the status of any of its backends did.
  std::atomic<std::uint32_t> status_version{0};
  std::atomic<FailureAlarm*> alarm{nullptr};  // outlives the workers
  std::atomic<bool> panics{false};  // health is ignored, as too few are healthy: poise_panic
  base::PerWorker<PoolCells> cells;
};

}  // namespace poise::pool
