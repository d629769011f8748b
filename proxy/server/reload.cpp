// How the server takes up another configuration: everything that can fail first, then each worker
// at its own next turn. What runs already goes on as it began. Who asks for it: reload_jobs.cpp.
#include <cerrno>
#include <cstring>
#include <utility>

#include "conf/changes.h"
#include "proxy/base/log.h"
#include "proxy/exchange/record_parts.h"
#include "proxy/server/cpus.h"
#include "proxy/server/process_log.h"
#include "proxy/server/server.h"

namespace poise::server {
namespace {

using base::Level;
using base::log;

constexpr base::Duration kOldSnapshotCheck = std::chrono::seconds(1);
// A worker that a configuration has no place for serves out what it has, however long that takes.
constexpr base::Duration kWithoutLimit = std::chrono::hours(24 * 365);

void log_addresses(const char* what, const std::vector<OpenListener>& of,
                   const std::vector<OpenListener>& beside) {
  for (const net::Address& address : addresses_beside(of, beside)) {
    log(Level::info, "{} {}", what, address.text());
  }
}

}  // namespace

// One configuration on its way into the workers.
struct Server::Taking {
  std::vector<conf::Change> changes;
  std::size_t left = 0;  // workers that have not taken it up yet
  Applied done;
};

std::string Server::apply(conf::Config next, Applied done) {
  // The new process knows the sockets that there were when it was started.
  if (upgrade_.is_starting()) return "an upgrade is under way";
  if (upgrade_.has_handed_over()) return "another process has taken over";
  auto prepared = prepare(next);
  if (!prepared) return prepared.error();
  auto taking = std::make_shared<Taking>();
  taking->changes = conf::changes_between(snapshot_->config, next);
  taking->done = std::move(done);
  ++reload_state_.generation;
  old_snapshots_.push_back(
      std::exchange(snapshot_, compiled(std::move(next), prepared->endpoints)));
  commit(*prepared, std::move(taking));
  keep_orders();
  discovery_.follow_only(snapshot_->config);
  return {};
}

// The same configuration with other addresses: what a reload does, without its generation.
void Server::on_names_changed() { take_up_pools(); }

// The configuration in force, with what names mean and operators have ordered now.
void Server::take_up_pools() {
  if (!may_take_up()) return;
  auto next = compiled(snapshot_->config, certificates_.endpoints());
  if (next->pools != snapshot_->pools) take_up_again(std::move(next));
}

void Server::on_certificates_changed() {
  if (may_take_up()) take_up_again(compiled(snapshot_->config, certificates_.endpoints()));
}

// Workers that are not there yet will begin with what is new; those of a process that stops or was
// replaced end what they have.
bool Server::may_take_up() const {
  return !stopping_ && !workers_.empty() && is_in_charge() && !upgrade_.has_handed_over();
}

std::shared_ptr<const Snapshot> Server::compiled(conf::Config config, const Endpoints& endpoints) {
  return compile(std::move(config), records_, discovery_.answers(), snapshot_.get(), &weights_,
                 endpoints);
}

void Server::take_up_again(std::shared_ptr<const Snapshot> next) {
  old_snapshots_.push_back(std::exchange(snapshot_, std::move(next)));
  keep_orders();
  health_.watch(*snapshot_);
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i]->follow(setup_for(i, {}), [this] { loop_.post([this] { free_old_snapshots(); }); });
  }
}

// ---- what can fail
// -------------------------------------------------------------------------------

base::Result<Server::Prepared, std::string> Server::prepare(const conf::Config& config) {
  Prepared prepared;
  prepared.workers = config.workers != 0 ? config.workers : usable_cpus().size();
  auto opened = open_log(config.log.access.to);
  if (!opened) return base::Failure{opened.error()};
  prepared.log = std::move(*opened);
  if (port_ != nullptr) {
    auto commit = port_->prepare(config);
    if (!commit) return base::Failure{commit.error()};
    prepared.commit_port = std::move(*commit);
  }
  auto endpoints = certificates_.prepare(config);
  if (!endpoints) return base::Failure{endpoints.error()};
  auto listeners = listening_.prepare(config.listeners, prepared.workers, workers_.size());
  if (!listeners) return base::Failure{listeners.error()};
  prepared.listeners = std::move(*listeners);
  prepared.endpoints = std::move(*endpoints);
  return prepared;
}

base::Result<std::shared_ptr<exchange::AccessLogFile>, std::string> Server::open_log(
    const std::string& to) {
  std::shared_ptr<exchange::AccessLogFile> file;
  if (to == "off") return file;
  if (log_ != nullptr && to == snapshot_->config.log.access.to) return log_;
  file = exchange::AccessLogFile::open(to);
  if (file != nullptr) return file;
  return base::Failure{"cannot open access log " + to + ": " + std::strerror(errno)};
}

// ---- what cannot
// ---------------------------------------------------------------------------------

void Server::commit(Prepared& prepared, std::shared_ptr<Taking> taking) {
  set_up_process_log(snapshot_->config.log);
  health_.watch(*snapshot_);
  spans_.follow(snapshot_->config.tracing, snapshot_->config.dns);
  follow_admin();
  log_addresses("listening on", prepared.listeners.listeners, listening_.listeners());
  log_addresses("closed the sockets on", listening_.listeners(), prepared.listeners.listeners);
  log_ = std::move(prepared.log);
  listening_.commit(prepared.listeners);
  certificates_.follow(snapshot_->config, std::move(prepared.endpoints));
  if (prepared.commit_port != nullptr) prepared.commit_port();
  taking->left = workers_.size();
  const std::function<void()> done = [this, taking] {
    loop_.post([this, taking] { on_taken_up(*taking); });
  };
  let_workers_go(prepared.workers, done);
  for (std::size_t i = 0; i < prepared.workers; ++i) {
    WorkerSetup setup = setup_for(i, std::move(prepared.listeners.opened[i]));
    if (i >= workers_.size()) {
      start_worker(std::move(setup));
      continue;
    }
    workers_[i]->follow(std::move(setup), done);
  }
}

void Server::let_workers_go(std::size_t kept, const std::function<void()>& done) {
  while (workers_.size() > kept) {
    workers_.back()->drain(kWithoutLimit, done);
    leaving_.push_back(std::move(workers_.back()));
    workers_.pop_back();
  }
}

void Server::on_taken_up(Taking& taking) {
  if (--taking.left > 0) return;
  taking.done(taking.changes);
  free_old_snapshots();
}

// Here and not where the last request ended: to take down a large configuration takes a while.
void Server::free_old_snapshots() {
  std::erase_if(old_snapshots_, [](const auto& snapshot) { return snapshot.use_count() == 1; });
  records_.prune();
  if (!old_snapshots_.empty()) loop_.arm_in(old_snapshot_check_, kOldSnapshotCheck);
}

}  // namespace poise::server
