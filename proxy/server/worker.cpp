#include "proxy/server/worker.h"

#include <algorithm>
#include <utility>

#include "proxy/base/check.h"
#include "proxy/base/log.h"
#include "proxy/server/cpus.h"
#include "proxy/server/http_door.h"
#include "proxy/server/tcp_door.h"

namespace poise::server {
namespace {

// A keep-alive client that sends within this time still gets an answer, with Connection: close.
constexpr base::Duration kIdleGrace = std::chrono::seconds(1);
constexpr base::Duration kLogFlush = std::chrono::seconds(1);

bool has_door(const WorkerSetup& setup, DoorId id) {
  return std::any_of(setup.doors.begin(), setup.doors.end(),
                     [&](const DoorSetup& door) { return door.door == id; });
}

}  // namespace

Worker::Worker(WorkerPlace place)
    : place_(std::move(place)),
      random_(place_.seed),
      flush_timer_(base::Timer::calling<Worker, &Worker::on_flush_timer>(this)),
      idle_grace_(base::Timer::calling<Worker, &Worker::close_idle>(this)),
      drain_limit_(base::Timer::calling<Worker, &Worker::close_all>(this)),
      recorder_(loop_),
      spans_(loop_, *place_.spans),
      groups_(loop_, random_, place_.index) {}

Worker::~Worker() = default;

void Worker::start(WorkerSetup setup) {
  thread_ = std::thread([this, first = std::move(setup)]() mutable { live(std::move(first)); });
}

void Worker::join() { thread_.join(); }

void Worker::live(WorkerSetup setup) {
  loop_.observe_turns(place_.records->of(place_.index).turns);
  loop_.begin_callback();
  take_up(std::move(setup));
  loop_.run();
  doors_.clear();
  loop_.destroy_deferred();
  groups_.clear();
  loop_.destroy_deferred();
  log_.reset();
}

// ---- a configuration
// -----------------------------------------------------------------------------

void Worker::follow(WorkerSetup setup, std::function<void()> done) {
  const auto next = std::make_shared<WorkerSetup>(std::move(setup));
  loop_.post([this, next, done = std::move(done)] {
    take_up(std::move(*next));
    done();
  });
}

void Worker::take_up(WorkerSetup setup) {
  take_cpu(setup.cpu);
  take_log(setup);
  groups_.follow(setup.snapshot->pools);
  const DoorParts parts{
      .snapshot = setup.snapshot,
      .groups = groups_.groups(),
      .random = random_,
      .pipes = pipes_,
      .log = setup.log != nullptr ? log_.get() : nullptr,
      .recorder = recorder_,
      .spans = spans_,
      .worker = place_.index,
  };
  for (std::size_t i = 0; i < setup.doors.size(); ++i) {
    const ListenerSnapshot& listener = setup.snapshot->listeners[i];
    Door& door = door_for(setup.doors[i], listener);
    door.expect(listener.arrivals);
    door.follow(listener, parts);
  }
  take_sockets(setup);
  leave_other_doors(setup);
}

void Worker::take_cpu(int cpu) {
  if (cpu == std::exchange(cpu_, cpu)) return;
  if (!run_on(cpu)) base::log(base::Level::warn, "cannot pin a worker to CPU {}", cpu);
}

void Worker::take_log(const WorkerSetup& setup) {
  const exchange::AccessFormat format = setup.snapshot->config.log.access.format;
  if (log_ != nullptr) return log_->retarget(setup.log, format);
  if (setup.log == nullptr) return;
  log_ = std::make_unique<exchange::AccessLogWriter>(setup.log, format);
  loop_.arm_in(flush_timer_, kLogFlush);
}

// Sockets move between doors before any is closed: who waits in one loses nothing.
void Worker::take_sockets(WorkerSetup& setup) {
  for (const DoorSetup& listed : setup.doors) {
    Door& door = *find_door(listed.door);
    for (const SocketId id : listed.sockets) {
      if (!door.listens_to(id)) door.listen(id, socket_for(id, setup));
    }
  }
  for (const DoorSetup& listed : setup.doors) {
    find_door(listed.door)->listen_only_to(listed.sockets);
  }
}

net::Fd Worker::socket_for(SocketId id, WorkerSetup& setup) {
  for (const Entry& entry : doors_) {
    if (net::Fd fd = entry.door->release(id)) return fd;
  }
  const auto opened = std::find_if(setup.opened.begin(), setup.opened.end(),
                                   [&](const OpenedSocket& socket) { return socket.id == id; });
  POISE_CHECK(opened != setup.opened.end());
  return std::move(opened->fd);
}

void Worker::leave_other_doors(const WorkerSetup& setup) {
  for (const Entry& entry : doors_) {
    if (entry.door->is_draining_now() || has_door(setup, entry.id)) continue;
    entry.door->begin_drain();
    loop_.arm_in(idle_grace_, kIdleGrace);
  }
  loop_.schedule(*this);
}

Door* Worker::find_door(DoorId id) {
  const auto found = std::find_if(doors_.begin(), doors_.end(),
                                  [&](const Entry& entry) { return entry.id == id; });
  return found == doors_.end() ? nullptr : found->door.get();
}

Door& Worker::door_for(const DoorSetup& setup, const ListenerSnapshot& listener) {
  if (Door* door = find_door(setup.door)) return *door;
  const Door::Limits limits{setup.limit, *place_.process_limit};
  Door::Events& events = *this;
  std::unique_ptr<Door> door;
  if (listener.tcp != nullptr) {
    door = std::make_unique<TcpDoor>(loop_, limits, events);
  } else {
    door = std::make_unique<HttpDoor>(loop_, limits, events);
  }
  doors_.push_back({setup.door, std::move(door)});
  return *doors_.back().door;
}

// ---- logs
// ----------------------------------------------------------------------------------------

void Worker::on_flush_timer() {
  log_->flush();
  loop_.arm_in(flush_timer_, kLogFlush);
}

void Worker::flush_log() {
  loop_.post([this] {
    if (log_ != nullptr) log_->flush();
  });
}

void Worker::search_flights(flight::Query query,
                            std::function<void(std::vector<flight::RecordPtr>)> done) {
  loop_.post(
      [this, query = std::move(query), done = std::move(done)] { done(recorder_.find(query)); });
}

// ---- the end
// -------------------------------------------------------------------------------------

void Worker::stop() { loop_.stop(); }

void Worker::drain(base::Duration limit, std::function<void()> done) {
  loop_.post([this, limit, done = std::move(done)] {
    begin_drain(limit);
    if (done != nullptr) done();
  });
}

void Worker::begin_drain(base::Duration limit) {
  loop_.arm_in(drain_limit_, limit);
  if (std::exchange(draining_, true)) return;
  for (const Entry& entry : doors_) {
    if (!entry.door->is_draining_now()) entry.door->begin_drain();
  }
  loop_.arm_in(idle_grace_, kIdleGrace);
  loop_.schedule(*this);
}

// A door may have become empty.
void Worker::run() {
  const auto gone = std::stable_partition(doors_.begin(), doors_.end(), [](const Entry& entry) {
    return !entry.door->is_draining_now() || !entry.door->is_empty();
  });
  for (auto entry = gone; entry != doors_.end(); ++entry) loop_.defer(std::move(entry->door));
  doors_.erase(gone, doors_.end());
  report_if_drained();
}

void Worker::report_if_drained() {
  if (!draining_ || !doors_.empty() || std::exchange(reported_, true)) return;
  spans_.flush();
  place_.on_drained();
}

// Again and again: a long response that began before the drain promised to keep its connection.
void Worker::close_idle() {
  bool some_drain = false;
  for (const Entry& entry : doors_) {
    if (!entry.door->is_draining_now()) continue;
    some_drain = true;
    entry.door->close_arrivals();
    entry.door->close_idle(kIdleGrace);
  }
  if (some_drain) loop_.arm_in(idle_grace_, kIdleGrace / 4);
}

void Worker::close_all() {
  for (const Entry& entry : doors_) {
    entry.door->close_arrivals();
    entry.door->close_all();
  }
}

}  // namespace poise::server
