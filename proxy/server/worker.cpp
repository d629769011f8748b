#include "proxy/server/worker.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>

#include "proxy/base/log.h"
#include "proxy/server/http_door.h"
#include "proxy/server/tcp_door.h"

namespace poise::server {
namespace {

// A keep-alive client that sends within this time still gets an answer, with Connection: close.
constexpr base::Duration kIdleGrace = std::chrono::seconds(1);
constexpr base::Duration kLogFlush = std::chrono::seconds(1);

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) != 0) {
    base::log(base::Level::warn, "cannot pin a worker to CPU {}", cpu);
  }
}

}  // namespace

Worker::Worker(WorkerSetup setup)
    : setup_(std::move(setup)),
      random_(setup_.seed),
      flush_timer_(base::Timer::calling<Worker, &Worker::on_flush_timer>(this)),
      idle_grace_(base::Timer::calling<Worker, &Worker::close_idle>(this)),
      drain_limit_(base::Timer::calling<Worker, &Worker::close_all>(this)) {}

Worker::~Worker() = default;

void Worker::start() {
  thread_ = std::thread([this] { run(); });
}

void Worker::join() { thread_.join(); }

void Worker::run() {
  if (setup_.cpu >= 0) pin_to(setup_.cpu);
  open_doors();
  loop_.run();
  doors_.clear();
  groups_.clear();
  loop_.destroy_deferred();
  log_.reset();
}

void Worker::open_doors() {
  loop_.begin_callback();
  if (setup_.log != nullptr) {
    log_ = std::make_unique<exchange::AccessLogWriter>(setup_.log,
                                                       setup_.snapshot->config.log.access.format);
    loop_.arm_in(flush_timer_, kLogFlush);
  }
  for (const auto& pool : setup_.snapshot->pools) {
    groups_.push_back(std::make_unique<pool::BackendGroup>(loop_, *pool, setup_.index, random_()));
  }
  for (std::size_t i = 0; i < setup_.snapshot->listeners.size(); ++i) {
    doors_.push_back(make_door(i));
    for (net::Fd& socket : setup_.sockets[i]) doors_.back()->listen(std::move(socket));
  }
}

std::vector<pool::BackendGroup*> Worker::group_list() const {
  std::vector<pool::BackendGroup*> list;
  for (const auto& group : groups_) list.push_back(group.get());
  return list;
}

std::unique_ptr<Door> Worker::make_door(std::size_t index) {
  const ListenerSnapshot& listener = setup_.snapshot->listeners[index];
  const Door::Limits limits{*setup_.listener_limits[index], *setup_.process_limit};
  Door::Events& events = *this;
  if (listener.tcp != nullptr) {
    auto service = std::make_unique<l4::TcpService>(l4::TcpService{
        .loop = loop_,
        .plan = *listener.tcp,
        .groups = group_list(),
        .random = random_,
        .pipes = pipes_,
        .log = log_.get(),
        .cells = exchange::cells_of(listener.tcp->records, setup_.index),
    });
    return std::make_unique<TcpDoor>(loop_, limits, events, std::move(service));
  }
  auto service = std::make_unique<exchange::HttpService>(exchange::HttpService{
      .loop = loop_,
      .plan = *listener.http,
      .groups = group_list(),
      .random = random_,
      .log = log_.get(),
      .cells = exchange::cells_of(listener.http->records, setup_.index),
  });
  return std::make_unique<HttpDoor>(loop_, limits, events, std::move(service));
}

void Worker::on_flush_timer() {
  log_->flush();
  loop_.arm_in(flush_timer_, kLogFlush);
}

void Worker::flush_log() {
  loop_.post([this] {
    if (log_ != nullptr) log_->flush();
  });
}

void Worker::stop() { loop_.stop(); }

void Worker::drain(base::Duration limit) {
  loop_.post([this, limit] { begin_drain(limit); });
}

void Worker::begin_drain(base::Duration limit) {
  if (std::exchange(draining_, true)) return;
  for (const auto& door : doors_) door->begin_drain();
  loop_.arm_in(idle_grace_, kIdleGrace);
  loop_.arm_in(drain_limit_, limit);
  report_if_drained();
}

void Worker::report_if_drained() {
  const bool empty =
      std::all_of(doors_.begin(), doors_.end(), [](const auto& door) { return door->is_empty(); });
  if (!draining_ || !empty || std::exchange(reported_, true)) return;
  setup_.on_drained();
}

// Again and again: a long response that began before the drain promised to keep its connection.
void Worker::close_idle() {
  for (const auto& door : doors_) door->close_idle(kIdleGrace);
  loop_.arm_in(idle_grace_, kIdleGrace / 4);
}

void Worker::close_all() {
  for (const auto& door : doors_) door->close_all();
}

}  // namespace poise::server
