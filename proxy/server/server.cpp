#include "proxy/server/server.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <random>

#include "proxy/base/log.h"

namespace poise::server {
namespace {

using base::Level;
using base::log;

std::vector<int> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) cpus.push_back(cpu);
    }
  }
  if (cpus.empty()) cpus.push_back(0);
  return cpus;
}

std::size_t worker_count(const conf::Config& config) {
  return config.workers != 0 ? config.workers : usable_cpus().size();
}

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

std::string cannot(const std::string& what, const std::string& where, int error) {
  return "cannot " + what + " " + where + ": " + std::strerror(error);
}

}  // namespace

Server::Server(conf::Config config)
    : snapshot_(compile(std::move(config), records_)),
      signals_(loop_),
      health_(loop_, random_seed()),
      worker_count_(worker_count(snapshot_->config)),
      process_limit_(most_clients()),
      sockets_(worker_count_) {}

Server::~Server() = default;

base::Result<bool, std::string> Server::open() {
  const std::string& to = snapshot_->config.log.access.to;
  if (to != "off") {
    log_ = exchange::AccessLogFile::open(to);
    if (log_ == nullptr) return base::Failure{cannot("open access log", to, errno)};
  }
  for (const ListenerSnapshot& listener : snapshot_->listeners) {
    const std::string error = open_listener(listener);
    if (!error.empty()) return base::Failure{error};
  }
  return true;
}

std::string Server::open_listener(const ListenerSnapshot& listener) {
  listener_limits_.push_back(std::make_unique<ConnectionLimit>(listener.max_connections));
  bound_.emplace_back();
  for (auto& sockets : sockets_) sockets.emplace_back();
  for (const net::Address& address : listener.bind) {
    const std::string error = bind_for_all_workers(address);
    if (!error.empty()) return error;
  }
  return {};
}

// Each worker has a socket of its own to the same IP port; a Unix socket they share.
std::string Server::bind_for_all_workers(const net::Address& address) {
  if (net::is_taken(address)) return cannot("listen on", address.text(), EADDRINUSE);
  net::Address bound = address;
  for (std::size_t worker = 0; worker < worker_count_; ++worker) {
    if (worker > 0 && address.is_unix()) {
      const int copy = ::fcntl(sockets_[0].back().back().get(), F_DUPFD_CLOEXEC, 0);
      sockets_[worker].back().emplace_back(copy);
      continue;
    }
    auto socket = net::listen_on(bound);
    if (!socket) return cannot("listen on", address.text(), socket.error());
    bound = socket->bound;
    sockets_[worker].back().push_back(std::move(socket->fd));
  }
  bound_.back().push_back(bound);
  return {};
}

WorkerSetup Server::setup_for(std::size_t worker) {
  WorkerSetup setup;
  setup.index = worker;
  setup.snapshot = snapshot_;
  setup.sockets = std::move(sockets_[worker]);
  for (const auto& limit : listener_limits_) setup.listener_limits.push_back(limit.get());
  setup.process_limit = &process_limit_;
  setup.log = log_;
  setup.seed = random_seed();
  if (snapshot_->config.affinity) {
    const std::vector<int> cpus = usable_cpus();
    setup.cpu = cpus[worker % cpus.size()];
  }
  setup.on_drained = [this] { loop_.post([this] { on_worker_drained(); }); };
  return setup;
}

int Server::run() {
  for (const int number : {SIGTERM, SIGINT}) signals_.on(number, [this] { on_stop_signal(); });
  signals_.on(SIGUSR1, [this] { on_reopen_signal(); });
  for (const int number : {SIGHUP, SIGUSR2}) {
    signals_.on(number, [] { log(Level::warn, "live reload and upgrade are not supported yet"); });
  }
  for (std::size_t i = 0; i < worker_count_; ++i) {
    workers_.push_back(std::make_unique<Worker>(setup_for(i)));
  }
  health_.watch(*snapshot_);
  for (const auto& worker : workers_) worker->start();
  for (const auto& listener : bound_) {
    for (const net::Address& address : listener)
      log(Level::info, "listening on {}", address.text());
  }
  log(Level::info, "poise runs with {} workers", workers_.size());
  loop_.run();
  for (const auto& worker : workers_) worker->join();
  workers_.clear();
  for (const auto& listener : bound_) {
    for (const net::Address& address : listener) {
      if (address.is_unix()) (void)::unlink(address.text().substr(5).c_str());
    }
  }
  log(Level::info, "stopped");
  return 0;
}

void Server::on_stop_signal() {
  if (std::exchange(stopping_, true)) {
    log(Level::warn, "stopping now");
    return stop_workers();
  }
  const base::Duration limit = snapshot_->config.drain;
  log(Level::info, "draining for up to {} s",
      std::chrono::duration_cast<std::chrono::seconds>(limit).count());
  for (const auto& worker : workers_) worker->drain(limit);
}

void Server::on_worker_drained() {
  if (++drained_ == workers_.size()) stop_workers();
}

void Server::stop_workers() {
  for (const auto& worker : workers_) worker->stop();
  loop_.stop();
}

void Server::on_reopen_signal() {
  if (log_ == nullptr) return;
  if (!log_->reopen()) log(Level::error, "cannot reopen the access log: {}", std::strerror(errno));
  for (const auto& worker : workers_) worker->flush_log();
}

}  // namespace poise::server
