#include "proxy/server/upgrade.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "conf/reader/quantities.h"
#include "proxy/base/log.h"
#include "proxy/server/inheritance.h"
#include "proxy/server/shared_text.h"
#include "proxy/server/upgrade_words.h"

namespace poise::server {
namespace {

using base::Level;
using base::log;

static_assert(kPipeDescriptor == net::Child::kFirstDescriptor);

std::string last_error(const char* what) { return std::string(what) + ": " + std::strerror(errno); }

// Writes into `what` which number each will have in the new process.
std::vector<int> sockets_in(HandOver& what) {
  std::vector<int> all;
  const auto renumber = [&](HandOver::Sockets& sockets) {
    for (int& descriptor : sockets.descriptors) {
      const int there = kFirstSocketDescriptor + static_cast<int>(all.size());
      all.push_back(std::exchange(descriptor, there));
    }
  };
  for (HandOver::Sockets& sockets : what.sockets) renumber(sockets);
  if (what.port) renumber(*what.port);
  return all;
}

}  // namespace

Upgrade::Upgrade(net::Loop& loop, std::optional<Program> program, Owner& owner)
    : loop_(loop),
      program_(std::move(program)),
      owner_(owner),
      deadline_(base::Timer::calling<Upgrade, &Upgrade::on_deadline>(this)) {}

void Upgrade::begin(base::Duration patience, Told told) {
  std::string refusal;
  if (phase_ == UpgradePhase::starting) refusal = "one is under way";
  if (phase_ == UpgradePhase::handed_over) {
    refusal = "process " + std::to_string(ready_) + " is in charge";
  }
  if (!refusal.empty() && told != nullptr) told(refusal, -1);
  if (refusal.empty()) {
    patience_ = patience;
    told_ = std::move(told);
  }
  on_event(UpgradeEvent::asked, refusal);
}

void Upgrade::tell(const std::string& fault) {
  if (const Told told = std::exchange(told_, nullptr)) told(fault, ready_);
}

void Upgrade::on_event(UpgradeEvent event, const std::string& why) {
  const UpgradeStep step = step_of(phase_, event);
  phase_ = step.next;
  switch (step.action) {
    case UpgradeAction::nothing:
      return;
    case UpgradeAction::start:
      return start();
    case UpgradeAction::refuse:
      return log(Level::warn, "upgrade refused: {}", why);
    case UpgradeAction::hand_over:
      return hand_over();
    case UpgradeAction::give_up:
      return give_up(why);
    case UpgradeAction::note_end:
      return log(Level::error, "{}, after it had taken over", why);
  }
}

// ---- starting
// ------------------------------------------------------------------------------------

void Upgrade::start() {
  const std::string fault = try_to_start();
  if (!fault.empty()) return on_event(UpgradeEvent::gone, fault);
  log(Level::info, "upgrade: started {} as process {}", program_->path, started_);
  loop_.read_now();
  loop_.arm_in(deadline_, patience_);
}

// Why not, or nothing.
std::string Upgrade::try_to_start() {
  if (!program_) return "this is a demonstration, which has no successor";
  // Its end would be the end of the container, whoever else is in it.
  if (::getpid() == 1) return "process 1 cannot be replaced; replace its container";
  auto pipe = net::LinePipe::make_pair();
  if (!pipe) return std::string("no socket pair: ") + std::strerror(pipe.error());
  HandOver what = owner_.what_to_hand_over();
  const std::vector<int> sockets = sockets_in(what);
  const net::Fd file = new_shared_text();
  counters_ = new_shared_text();
  if (!file || !write_text(file, to_json(what)) || !write_text(counters_, owner_.counters())) {
    return last_error("no file in memory");
  }

  net::ChildPlan plan{program_->path, program_->arguments, {}, {}};
  plan.environment.push_back(kUpgradeVariable + ("=" + std::to_string(::getpid())));
  plan.descriptors = {pipe->second.get(), file.get(), counters_.get()};
  plan.descriptors.insert(plan.descriptors.end(), sockets.begin(), sockets.end());
  auto child = net::Child::start(
      loop_, plan, [this](pid_t pid, const std::string& how) { on_child_ended(pid, how); });
  if (!child) return "cannot start " + plan.file + ": " + std::strerror(child.error());
  started_ = (*child)->pid();
  children_[started_] = std::move(*child);
  pipe_ = std::make_unique<net::LinePipe>(loop_, std::move(pipe->first),
                                          static_cast<net::LinePipe::Events&>(*this));
  return {};
}

void Upgrade::on_child_ended(pid_t pid, const std::string& how) {
  children_.erase(pid);
  if (pid == started_) on_event(UpgradeEvent::gone, "the new process " + how);
}

void Upgrade::on_deadline() {
  on_event(UpgradeEvent::too_late,
           "the new process was not ready within " + conf::to_text(patience_));
}

void Upgrade::on_line(std::string_view line) noexcept {
  const auto pid = ready_pid(line);
  if (!pid) return;
  ready_ = *pid;
  on_event(UpgradeEvent::ready, "");
}

// What became of the process is told apart.
void Upgrade::on_pipe_closed() noexcept { pipe_.reset(); }

// ---- the end
// -------------------------------------------------------------------------------------

void Upgrade::hand_over() {
  deadline_.cancel();
  (void)write_text(counters_, owner_.counters());
  // First: the supervisor believes nobody but the process it knows.
  owner_.announce(ready_);
  if (pipe_ != nullptr && pipe_->send(kGoLine)) {
    tell("");
    return owner_.on_handed_over(ready_);
  }
  owner_.announce(::getpid());
  phase_ = UpgradePhase::none;
  give_up("the new process was gone when it was to take over");
}

void Upgrade::say_last_counters() {
  if (!has_handed_over() || pipe_ == nullptr) return;
  if (write_text(counters_, owner_.counters())) (void)pipe_->send(kCountersLine);
}

void Upgrade::give_up(const std::string& why) {
  deadline_.cancel();
  pipe_.reset();
  const auto child = children_.find(started_);
  if (child != children_.end()) child->second->kill();
  log(Level::error, "upgrade failed: {}; process {} stays in charge", why, ::getpid());
  started_ = -1;
  tell(why);
}

}  // namespace poise::server
