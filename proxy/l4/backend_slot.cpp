#include "proxy/l4/backend_slot.h"

#include <utility>

#include "proxy/pool/passive_health.h"

namespace poise::l4 {
namespace {

using base::MonotonicTime;

std::atomic<std::uint32_t>& connections_of(pool::BackendGroup& group,
                                           balancing::BackendIndex backend) {
  return group.record(backend).shared.connections;
}

std::uint32_t most_connections(const pool::PoolConfig& config, balancing::BackendIndex backend) {
  const std::uint32_t own = config.backends[backend].max_connections;
  return own != 0 ? own : config.connections.max;
}

balancing::Verdict verdict_on(const base::Error& error) {
  if (!error) return balancing::Verdict::success;
  return error.side == base::Side::backend ? balancing::Verdict::failure
                                           : balancing::Verdict::cancelled;
}

}  // namespace

BackendSlot::BackendSlot(BackendSlot&& other) noexcept { *this = std::move(other); }

BackendSlot& BackendSlot::operator=(BackendSlot&& other) noexcept {
  std::swap(group_, other.group_);
  std::swap(backend_, other.backend_);
  std::swap(picked_, other.picked_);
  std::swap(connected_, other.connected_);
  std::swap(answered_, other.answered_);
  return *this;
}

BackendSlot::~BackendSlot() { release({.cause = base::Cause::internal}, picked_); }

BackendSlot BackendSlot::take(pool::BackendGroup& group, balancing::BackendIndex backend,
                              MonotonicTime now) {
  BackendSlot slot;
  const std::uint32_t most = most_connections(group.plan().config, backend);
  auto& connections = connections_of(group, backend);
  if (connections.fetch_add(1, std::memory_order_relaxed) >= most && most != 0) {
    connections.fetch_sub(1, std::memory_order_relaxed);
    return slot;
  }
  slot.group_ = &group;
  slot.backend_ = backend;
  slot.picked_ = now;
  group.selector().started(backend);
  group.cells(backend).in_flight.add();
  return slot;
}

void BackendSlot::release(const base::Error& error, MonotonicTime now) {
  if (group_ == nullptr) return;
  count(error, now);
  tell_health(error);
  const base::Duration latency = (connected_ != MonotonicTime{} ? connected_ : now) - picked_;
  group_->selector().finished(backend_, {verdict_on(error), latency, now});
  connections_of(*group_, backend_).fetch_sub(1, std::memory_order_relaxed);
  group_ = nullptr;
}

// Who answered has served, however it ended; a client that left before says nothing.
void BackendSlot::tell_health(const base::Error& error) {
  if (answered_ || !error) return pool::note_passed(*group_, backend_);
  if (pool::speaks_against_backend(error)) pool::note_failed(*group_, backend_);
}

// As for HTTP, a backend that was never reached has served nothing, only failed.
void BackendSlot::count(const base::Error& error, MonotonicTime now) {
  pool::BackendCells& cells = group_->cells(backend_);
  const bool blamed = error.side == base::Side::backend && error;
  cells.in_flight.subtract(1);
  cells.duration.observe(now - picked_);
  if (blamed) cells.failures[static_cast<std::size_t>(error.cause)].add();
  if (connected_ == MonotonicTime{}) return;
  const int status = blamed ? base::status_of(error) : 200;
  cells.requests[base::status_class(status)].add();
}

}  // namespace poise::l4
