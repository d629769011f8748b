#include "proxy/server/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <random>
#include <utility>

#include "proxy/base/log.h"
#include "proxy/exchange/record_parts.h"
#include "proxy/server/cpus.h"
#include "proxy/server/event_texts.h"
#include "proxy/server/process_log.h"
#include "proxy/server/tick_text.h"

namespace poise::server {
namespace {

using base::Level;
using base::log;

// Every client may need a descriptor of its own and one to a backend; some are for the process.
std::uint32_t most_clients() {
  constexpr rlim_t kOwnDescriptors = 48;
  rlimit limit{};
  (void)::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
  (void)::getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t left = limit.rlim_cur > kOwnDescriptors ? limit.rlim_cur - kOwnDescriptors : 2;
  return static_cast<std::uint32_t>(std::min<rlim_t>(left / 2, 10'000'000));
}

std::uint64_t random_seed() {
  return (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
}

// So numbers grow over restarts: no process has a thousand events a second for long.
std::uint64_t first_event_id() {
  return static_cast<std::uint64_t>(exchange::wall_clock().time_since_epoch().count());
}

}  // namespace

Server::Server(conf::Config config, ConfigSource source, Origin origin)
    : source_(std::move(source)),
      snapshot_(compile(std::move(config), records_)),
      discovery_(loop_, random_seed(), [this] { on_names_changed(); }),
      certificates_(loop_, [this] { on_certificates_changed(); }),
      signals_(loop_),
      events_(first_event_id()),
      health_(loop_, events_, random_seed()),
      pulse_(
          loop_, [this] { return metrics_view(); }, [this] { tell_tick(); }),
      drains_(loop_, static_cast<BackendDrains::Events&>(*this)),
      old_snapshot_check_(base::Timer::calling<Server, &Server::free_old_snapshots>(this)),
      process_limit_(most_clients()),
      spans_(loop_),
      trial_(loop_, [this](const std::string& why) { go_back(why); }),
      supervisor_(origin.inherited.from ? net::Supervisor::Watched::anyway
                                        : net::Supervisor::Watched::if_meant),
      watchdog_(loop_, supervisor_, [this](const auto& answer) { return ask_workers(answer); }),
      upgrade_(loop_, std::move(origin.program), static_cast<Upgrade::Owner&>(*this)) {
  reload_state_.last_success = exchange::wall_clock();
  started_ = loop_.read_now();
  take_inheritance(std::move(origin.inherited));
}

Server::~Server() = default;

base::Result<bool, std::string> Server::open() {
  set_up_process_log(snapshot_->config.log);
  if (inherited_port_ && port_ != nullptr) port_->adopt(std::move(*inherited_port_));
  auto prepared = prepare(snapshot_->config);
  if (!prepared) return base::Failure{prepared.error()};
  log_ = std::move(prepared->log);
  first_sockets_ = std::move(prepared->listeners.opened);
  listening_.commit(prepared->listeners);
  certificates_.follow(snapshot_->config, std::move(prepared->endpoints));
  first_port_ = std::move(prepared->commit_port);
  if (is_in_charge()) open_first_port();
  return true;
}

std::vector<std::vector<net::Address>> Server::bound() const {
  std::vector<std::vector<net::Address>> all;
  for (const OpenListener& listener : listening_.listeners()) {
    auto& addresses = all.emplace_back();
    for (const OpenSocket& socket : listener.sockets) addresses.push_back(socket.bound);
  }
  return all;
}

// Without an admin nobody looks.
void Server::follow_admin() {
  if (snapshot_->config.admin.bind) {
    pulse_.start();
  } else {
    pulse_.stop();
  }
}

void Server::tell_tick() {
  if (events_.has_readers())
    events_.tell_once("tick", tick_text(summary(), exchange::wall_clock()));
}

MetricsView Server::metrics_view() const {
  return {snapshot_, records_.listeners(), worker_records_, reload_state_};
}

int Server::run() {
  for (const int number : {SIGTERM, SIGINT}) signals_.on(number, [this] { on_stop_signal(); });
  signals_.on(SIGUSR1, [this] { on_reopen_signal(); });
  signals_.on(SIGHUP, [this] { reload(); });
  signals_.on(SIGUSR2, [this] { upgrade(); });
  discovery_.follow(snapshot_->config);
  discovery_.when_settled([this] {
    if (!stopping_) start_serving();
  });
  loop_.run();
  for (const auto& worker : workers_) worker->join();
  for (const auto& worker : leaving_) worker->join();
  upgrade_.say_last_counters();
  workers_.clear();
  leaving_.clear();
  log(Level::info, "stopped");
  return exit_code_;
}

void Server::open_first_port() {
  if (first_port_ != nullptr) std::exchange(first_port_, nullptr)();
}

RunState Server::state() const {
  if (stopping_ || upgrade_.has_handed_over()) return RunState::draining;
  return workers_.empty() || !is_in_charge() ? RunState::starting : RunState::running;
}

// Clients that came before wait in the kernel's queue: better than being told that DNS has failed
// because nobody has asked it yet.
void Server::start_serving() {
  snapshot_ = compiled(snapshot_->config, certificates_.endpoints());
  health_.watch(*snapshot_);
  spans_.follow(snapshot_->config.tracing, snapshot_->config.dns);
  follow_admin();
  if (!is_in_charge()) return start_behind();
  for (std::size_t i = 0; i < first_sockets_.size(); ++i) {
    start_worker(setup_for(i, std::move(first_sockets_[i])));
  }
  report_serving();
}

void Server::report_serving() {
  for (const auto& listener : bound()) {
    for (const net::Address& address : listener) {
      log(Level::info, "listening on {}", address.text());
    }
  }
  log(Level::info, "poise runs with {} workers", workers_.size());
  supervisor_.ready("serving");
  watchdog_.start();
  if (!reload_jobs_.empty()) begin_reload();
}

// ---- workers
// -------------------------------------------------------------------------------------

WorkerSetup Server::setup_for(std::size_t place, std::vector<OpenedSocket> opened) {
  WorkerSetup setup;
  setup.snapshot = snapshot_;
  setup.doors = listening_.doors(place);
  setup.opened = std::move(opened);
  setup.log = log_;
  if (snapshot_->config.affinity) setup.cpu = usable_cpus()[place % usable_cpus().size()];
  return setup;
}

void Server::start_worker(WorkerSetup setup) {
  const std::size_t index = free_index();
  workers_.push_back(std::make_unique<Worker>(WorkerPlace{
      .index = index,
      .process_limit = &process_limit_,
      .spans = &spans_.intake(),
      .records = worker_records_.get(),
      .seed = random_seed(),
      .on_drained = [this, index] { loop_.post([this, index] { on_worker_drained(index); }); },
  }));
  workers_.back()->start(std::move(setup));
}

// Counters have one writer for each index.
std::size_t Server::free_index() const {
  const auto is_used = [](const auto& workers, std::size_t index) {
    return std::any_of(workers.begin(), workers.end(),
                       [&](const auto& worker) { return worker->index() == index; });
  };
  std::size_t index = 0;
  while (is_used(workers_, index) || is_used(leaving_, index)) ++index;
  return index;
}

void Server::on_worker_drained(std::size_t index) {
  const auto has_index = [&](const auto& worker) { return worker->index() == index; };
  const auto left = std::find_if(leaving_.begin(), leaving_.end(), has_index);
  if (left != leaving_.end()) {
    (*left)->stop();
    (*left)->join();
    leaving_.erase(left);
  } else {
    ++drained_;
  }
  const bool is_ending = stopping_ || upgrade_.has_handed_over();
  if (is_ending && drained_ == workers_.size() && leaving_.empty()) end();
}

void Server::search_flights(flight::Query query, FlightSearch::Done done) {
  std::vector<Worker*> all;
  for (const auto& worker : workers_) all.push_back(worker.get());
  for (const auto& worker : leaving_) all.push_back(worker.get());
  FlightSearch::start(loop_, all, std::move(query), std::move(done));
}

// ---- signals
// -------------------------------------------------------------------------------------

void Server::on_stop_signal() {
  if (std::exchange(stopping_, true)) {
    log(Level::warn, "stopping now");
    return stop_workers();
  }
  upgrade_.stop();
  if (workers_.empty() || !is_in_charge()) return end();
  if (!upgrade_.has_handed_over()) supervisor_.stopping();
  listening_.close();
  const base::Duration limit = snapshot_->config.drain;
  log(Level::info, "draining for up to {} s",
      std::chrono::duration_cast<std::chrono::seconds>(limit).count());
  events_.publish("drain", drain_event({.what = "began"}, exchange::wall_clock()));
  for (const auto& worker : workers_) worker->drain(limit);
  for (const auto& worker : leaving_) worker->drain(limit);
}

// In good order: who watches the end by the port still hears of it.
void Server::end() {
  const auto leave = [this] { spans_.finish([this] { stop_workers(); }); };
  if (port_ == nullptr || upgrade_.has_handed_over()) return leave();
  port_->close(leave);
}

void Server::stop_workers() {
  for (const auto& worker : workers_) worker->stop();
  for (const auto& worker : leaving_) worker->stop();
  loop_.stop();
}

std::size_t Server::ask_workers(const std::function<void()>& answer) {
  for (const auto& worker : workers_) worker->ping(answer);
  return workers_.size();
}

void Server::on_reopen_signal() {
  if (log_ == nullptr) return;
  if (!log_->reopen()) log(Level::error, "cannot reopen the access log: {}", std::strerror(errno));
  for (const auto& worker : workers_) worker->flush_log();
  for (const auto& worker : leaving_) worker->flush_log();
}

}  // namespace poise::server
