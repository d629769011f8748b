#include "proxy/server/backend_drains.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace poise::server {
namespace {

using balancing::BackendStatus;

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr base::Duration kLook = std::chrono::milliseconds(100);
constexpr BackendStatus kOurs = balancing::kDraining | balancing::kDrained;

}  // namespace

TrafficLeft traffic_left_at(const pool::BackendRecord& backend, base::MonotonicTime now) {
  TrafficLeft left;
  backend.cells.for_each(
      [&](const pool::BackendCells& cells) { left.streams += cells.in_flight.read(); });
  pool::SightingCount count(now);
  backend.sightings.for_each([&](const pool::SessionSightings& seen) { count.add(seen); });
  left.sessions = count.clients();
  return left;
}

std::string_view to_text(DrainTurn turn) {
  switch (turn) {
    case DrainTurn::began:
      return "began";
    case DrainTurn::ended:
      return "ended";
    case DrainTurn::deadline:
      return "deadline";
    case DrainTurn::cancelled:
      return "cancelled";
  }
  return {};
}

BackendDrains::BackendDrains(net::Loop& loop, Events& events)
    : loop_(loop),
      events_(events),
      timer_(base::Timer::calling<BackendDrains, &BackendDrains::look>(this)) {}

void BackendDrains::begin(DrainedBackend backend, std::optional<base::Duration> limit,
                          base::WallTime now) {
  auto drain = std::make_shared<Drain>();
  drain->since = now;
  if (const auto known = find(*backend.record); known != drains_.end()) {
    drain->since = (*known)->since;
    drains_.erase(known);
  }
  drain->of = std::move(backend);
  if (limit) {
    drain->deadline = now + std::chrono::duration_cast<std::chrono::milliseconds>(*limit);
    drain->due = loop_.read_now() + *limit;
  }
  set_status(*drain, balancing::kDraining);
  drains_.push_back(drain);
  tell(*drain, DrainTurn::began, traffic_left_at(*drain->of.record, loop_.now()));
  loop_.arm_in(timer_, kLook);
}

bool BackendDrains::end(const pool::BackendRecord& backend) {
  const auto found = find(backend);
  if (found == drains_.end()) return false;
  const std::shared_ptr<Drain> drain = *found;
  drains_.erase(found);
  set_status(*drain, 0);
  tell(*drain, DrainTurn::cancelled, traffic_left_at(backend, loop_.now()));
  return true;
}

void BackendDrains::keep_only(const std::vector<std::shared_ptr<const pool::PoolPlan>>& pools) {
  if (drains_.empty()) return;
  std::unordered_set<const pool::BackendRecord*> known;
  for (const auto& pool : pools) {
    for (const auto& record : pool->backend_records) known.insert(record.get());
  }
  std::erase_if(drains_, [&](const auto& drain) {
    if (known.count(drain->of.record.get()) != 0) return false;
    set_status(*drain, 0);
    return true;
  });
}

std::optional<DrainState> BackendDrains::state_of(const pool::BackendRecord& backend) const {
  const auto found = find(backend);
  if (found == drains_.end()) return std::nullopt;
  const Drain& drain = **found;
  return DrainState{drain.since, drain.deadline, drain.is_over,
                    traffic_left_at(backend, loop_.now())};
}

BackendDrains::Drains::const_iterator BackendDrains::find(
    const pool::BackendRecord& backend) const {
  return std::find_if(drains_.begin(), drains_.end(),
                      [&](const auto& drain) { return drain->of.record.get() == &backend; });
}

void BackendDrains::look() {
  const Drains all = drains_;
  for (const auto& drain : all) {
    if (!drain->is_over && drain->due <= loop_.now()) {
      cut(drain);
    } else {
      look_at(*drain);
    }
  }
  if (!drains_.empty()) loop_.arm_in(timer_, kLook);
}

void BackendDrains::look_at(Drain& drain) {
  if (drain.is_empty || drain.is_over) return;
  if (traffic_left_at(*drain.of.record, loop_.now()) != TrafficLeft{}) return;
  drain.is_empty = true;
  tell(drain, DrainTurn::ended, {});
}

// Nobody picks the backend any more once this status is seen, so what ends now is all there is.
void BackendDrains::cut(const std::shared_ptr<Drain>& drain) {
  drain->is_over = true;
  set_status(*drain, kOurs);
  const std::uint64_t sessions = traffic_left_at(*drain->of.record, loop_.now()).sessions;
  events_.end_all_to(drain->of.record, [this, drain, sessions](std::size_t streams) {
    tell(*drain, DrainTurn::deadline, {streams, sessions});
  });
}

// Who is called back starts slowly, where the pool says so.
void BackendDrains::set_status(const Drain& drain, BackendStatus bits) {
  pool::BackendRecord& record = *drain.of.record;
  const BackendStatus others = record.status.load(kRelaxed) & static_cast<BackendStatus>(~kOurs);
  record.status_since.store(loop_.read_now(), kRelaxed);
  record.status.store(others | bits, kRelaxed);
  drain.of.pool_record->status_version.fetch_add(1, std::memory_order_release);
}

void BackendDrains::tell(const Drain& drain, DrainTurn turn, TrafficLeft left) {
  events_.on_drain({drain.of.pool, drain.of.backend, turn, left});
}

}  // namespace poise::server
