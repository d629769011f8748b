// How the server takes over from another process, and hands over to one: the sockets are the same,
// so nobody who connects notices, and what has begun in the old process ends there.
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "balancing/process_secret.h"
#include "proxy/base/log.h"
#include "proxy/server/carried_counters.h"
#include "proxy/server/server.h"

namespace poise::server {
namespace {

using base::Level;
using base::log;

constexpr int kEnvironmentFault = 3;
// Sessions end when they end. A signal to stop bounds them.
constexpr base::Duration kWithoutLimit = std::chrono::hours(24 * 365);

}  // namespace

// ---- the new process
// -----------------------------------------------------------------------------

void Server::take_inheritance(Inheritance inherited) {
  const Beside beside = inherited.beside();
  if (!inherited.sockets.empty()) listening_.adopt(std::move(inherited.sockets), beside);
  if (beside == Beside::nobody) return;
  inherited_port_ = std::move(inherited.port);
  reload_state_.generation = inherited.from->generation + 1;
  health_.remember(std::move(inherited.from->health));
  if (const auto keys = tls::TicketKeys::from_bytes(inherited.from->ticket_keys)) {
    certificates_.use_ticket_keys(*keys);
  }
  take_over_ =
      std::make_unique<TakeOver>(loop_, std::move(inherited.pipe), std::move(inherited.counters),
                                 static_cast<TakeOver::Owner&>(*this));
  on_counters(take_over_->counters());
}

// Everything but letting clients in: the other process may stay in charge after all.
void Server::start_behind() {
  const auto left = std::make_shared<std::size_t>(first_sockets_.size());
  const std::function<void()> done = [this, left] {
    loop_.post([this, left] {
      if (--*left == 0) on_ready();
    });
  };
  for (std::size_t i = 0; i < first_sockets_.size(); ++i) {
    start_worker(closed_setup(i));
    workers_[i]->follow(closed_setup(i), done);
  }
}

WorkerSetup Server::closed_setup(std::size_t place) {
  WorkerSetup setup = setup_for(place, {});
  setup.doors = listening_.closed_doors();
  return setup;
}

void Server::on_ready() {
  const std::string fault = listening_.start_queueing();
  if (fault.empty()) return take_over_->say_ready();
  log(Level::error, "cannot take over: {}", fault);
  exit_code_ = kEnvironmentFault;
  stop_workers();
}

void Server::on_counters(const std::string& text) noexcept {
  if (carry_counters(text, *snapshot_)) return;
  log(Level::warn, "the counters of the process before are not readable");
}

void Server::on_in_charge() noexcept {
  on_counters(take_over_->counters());
  listening_.take_over();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i]->follow(setup_for(i, std::move(first_sockets_[i])), [] {});
  }
  log(Level::info, "process {} took over", ::getpid());
  open_first_port();
  // What the other process counted is no traffic of this second.
  pulse_.stop();
  follow_admin();
  report_serving();
  on_certificates_changed();  // what DNS has said since is taken up with them
}

// ---- the old process
// -----------------------------------------------------------------------------

void Server::upgrade(Upgrade::Told told) {
  const bool is_running = !workers_.empty() && is_in_charge() && !stopping_;
  // The new process would run it for good.
  const bool is_on_trial =
      trial_.is_pending() || std::any_of(reload_jobs_.begin(), reload_jobs_.end(),
                                         [](const auto& job) { return job.back != nullptr; });
  if (is_running && !is_on_trial) {
    return upgrade_.begin(snapshot_->config.upgrade_timeout, std::move(told));
  }
  std::string why = stopping_ ? "stopping" : "still starting";
  if (is_running) why = "a configuration is on trial; confirm it first";
  log(Level::warn, "upgrade refused: {}", why);
  if (told != nullptr) told(why, -1);
}

HandOver Server::what_to_hand_over() {
  HandOver what;
  what.generation = reload_state_.generation;
  what.sticky_secret = balancing::process_secret();
  what.ticket_keys = certificates_.ticket_keys();
  what.health = health_.known();
  for (const OpenListener& listener : listening_.listeners()) {
    for (const OpenSocket& socket : listener.sockets) {
      auto& sockets = what.sockets.emplace_back();
      sockets.asked = socket.asked;
      sockets.bound = socket.bound;
      sockets.is_foreign = socket.is_foreign;
      for (const auto& queue : socket.queues) sockets.descriptors.push_back(queue->fd.get());
    }
  }
  if (port_ != nullptr) what.port = port_->socket();
  return what;
}

std::string Server::counters() { return counters_text(*snapshot_); }

void Server::announce(int pid) noexcept { supervisor_.main_process_is(pid); }

void Server::on_handed_over(int pid) noexcept {
  log(Level::info, "handed over to process {}: draining", pid);
  watchdog_.stop();
  listening_.hand_over();
  if (port_ != nullptr) {
    port_->leave_socket();
    port_->close([] {});
  }
  for (const auto& worker : workers_) worker->drain(kWithoutLimit);
}

}  // namespace poise::server
