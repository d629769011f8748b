// Who asks for another configuration, and what he is told: it is loaded beside the loop, checked,
// taken up (reload.cpp), and reported in the log, in the state and to the one who asked.
#include <algorithm>
#include <utility>

#include "conf/print.h"
#include "proxy/base/log.h"
#include "proxy/exchange/record_parts.h"
#include "proxy/net/background.h"
#include "proxy/server/event_texts.h"
#include "proxy/server/plan_text.h"
#include "proxy/server/server.h"

namespace poise::server {
namespace {

using base::Level;
using base::log;

void log_diagnostics(const conf::Diagnostics& diagnostics, Level level) {
  for (const std::string& line : conf::render_lines(diagnostics)) log(level, "{}", line);
}

}  // namespace

struct Server::Loading {
  conf::Diagnostics warnings;
  std::optional<conf::Loaded> loaded;
};

// A large file takes its time to read, and probes and the admin must not wait for it.
void Server::load(std::function<conf::Loaded(conf::Diagnostics&)> read,
                  std::function<void(Loading&)> then) {
  const auto loading = std::make_shared<Loading>();
  const std::weak_ptr<bool> alive = alive_;
  net::run_in_background(
      loop_, [loading, read = std::move(read)] { loading->loaded = read(loading->warnings); },
      [loading, alive, then = std::move(then)] {
        if (!alive.expired()) then(*loading);
      });
}

// Of several who only want what is in the file, one that waits already stands for all.
void Server::reload(base::Duration trial, ReloadDone done) {
  const bool is_plain = done == nullptr && trial.count() == 0;
  const bool one_waits =
      std::any_of(reload_jobs_.begin(), reload_jobs_.end(), [](const ReloadJob& job) {
        return !job.has_begun && job.back == nullptr && job.trial.count() == 0;
      });
  if (is_plain && one_waits) return;
  reload_jobs_.push_back({.done = std::move(done), .trial = trial});
  if (reload_jobs_.size() == 1) begin_reload();
}

void Server::begin_reload() {
  const bool is_starting = workers_.empty() || !is_in_charge();
  if (is_starting && !stopping_) return;  // once they are there
  ReloadJob& job = reload_jobs_.front();
  job.has_begun = true;
  job.began = loop_.read_now();
  ++reload_state_.reloads;
  if (stopping_) return refuse_reload("poise is stopping");
  if (upgrade_.has_handed_over()) return refuse_reload("another process has taken over");
  supervisor_.reloading();
  if (job.back != nullptr) return take_up(*job.back);
  if (source_.load == nullptr) {
    return refuse_reload("poise was started without a file, there is nothing to load again");
  }
  load(source_.load, [this](Loading& loading) { on_loaded(loading); });
}

void Server::on_loaded(Loading& loading) {
  if (stopping_) return refuse_reload("poise is stopping");
  const conf::Loaded& loaded = *loading.loaded;
  if (!loaded) {
    log_diagnostics(loaded.error(), Level::error);
    return refuse_reload("the configuration has errors", &loaded.error());
  }
  log_diagnostics(loading.warnings, Level::warn);
  take_up(loaded.value());
}

void Server::take_up(const conf::Config& config) {
  // The pools are to have their backends from the first moment on.
  discovery_.follow(config);
  discovery_.when_settled([this, next = config] {
    if (stopping_) return refuse_reload("poise is stopping");
    const std::shared_ptr<const Snapshot> before = snapshot_;
    const std::string refusal =
        apply(next, [this](const std::vector<conf::Change>& changes) { on_reloaded(changes); });
    if (refusal.empty()) return begin_trial(before);
    discovery_.follow_only(snapshot_->config);
    refuse_reload(refusal);
  });
}

void Server::refuse_reload(const std::string& why, const conf::Diagnostics* errors) {
  reload_state_.last_successful = false;
  reload_state_.last_error = why;
  log(Level::error, "reload refused: {}; generation {} stays in force", why,
      reload_state_.generation);
  ReloadReport report;
  report.errors = errors != nullptr ? faults_in(*errors) : std::vector{ReloadFault{.message = why}};
  finish_reload(report);
}

void Server::on_reloaded(const std::vector<conf::Change>& changes) {
  const ReloadJob& job = reload_jobs_.front();
  const base::Duration took = loop_.read_now() - job.began;
  reload_state_.last_successful = job.back == nullptr;
  reload_state_.last_error = job.back == nullptr ? std::string() : "went back: " + job.why_back;
  if (job.back == nullptr) reload_state_.last_success = exchange::wall_clock();
  log(Level::info, "reloaded: generation {} with {} workers in {} ms: {}", reload_state_.generation,
      workers_.size(), std::chrono::duration<double, std::milli>(took).count(),
      conf::summary(changes));
  ReloadReport report{.ok = job.back == nullptr, .took = took, .changes = lines_of(changes)};
  if (job.back != nullptr) report.errors = {{.message = reload_state_.last_error}};
  finish_reload(std::move(report));
}

void Server::finish_reload(ReloadReport report) {
  const ReloadJob job = std::move(reload_jobs_.front());
  reload_jobs_.pop_front();
  report.generation = reload_state_.generation;
  reload_state_.last_attempt = exchange::wall_clock();
  reload_state_.last_took = report.took;
  if (!stopping_ && !upgrade_.has_handed_over()) {
    supervisor_.ready(report.ok ? "serving" : "reload refused: " + reload_state_.last_error);
  }
  publish(report);
  if (job.done != nullptr) job.done(report);
  if (!reload_jobs_.empty()) begin_reload();
}

void Server::publish(const ReloadReport& report) {
  ReloadEvent event{.ok = report.ok,
                    .generation = report.generation,
                    .took = report.took,
                    .changes = report.changes};
  for (const ReloadFault& fault : report.errors) event.errors.push_back(line_of(fault));
  events_.publish("reload", reload_event(event, exchange::wall_clock()));
}

// ---- trials
// ------------------------------------------------------------------------------------

// Whoever takes up something for good has seen what was on trial before it.
void Server::begin_trial(const std::shared_ptr<const Snapshot>& before) {
  const base::Duration limit = reload_jobs_.front().trial;
  if (limit.count() == 0) {
    (void)trial_.confirm();
    return;
  }
  const auto changes = conf::changes_between(before->config, snapshot_->config);
  trial_.begin(before, touched_routes(changes, *before, *snapshot_), limit);
  log(Level::info, "generation {} is on trial for {} s", reload_state_.generation,
      std::chrono::duration<double>(limit).count());
}

bool Server::confirm_reload() {
  if (!trial_.confirm()) return false;
  log(Level::info, "generation {} is confirmed", reload_state_.generation);
  return true;
}

void Server::go_back(const std::string& why) {
  if (stopping_) return (void)trial_.confirm();
  // What is under way comes first: taken up for good, it ends the trial.
  if (!reload_jobs_.empty() || upgrade_.is_starting()) return trial_.look_again();
  log(Level::warn,
      "generation {} does not stand its trial: {}: the configuration before it comes "
      "back",
      reload_state_.generation, why);
  reload_jobs_.push_back({.done = nullptr,
                          .why_back = why,
                          .back = std::make_shared<const conf::Config>(trial_.before())});
  (void)trial_.confirm();
  if (reload_jobs_.size() == 1) begin_reload();
}

// ---- plans
// -------------------------------------------------------------------------------------

void Server::plan(std::string text, ReloadDone done) {
  if (source_.read == nullptr) {
    return done({.errors = {{.message = "poise was started without a file"}}});
  }
  const auto read = [source = source_.read, text = std::move(text)](conf::Diagnostics& warnings) {
    return source(text, warnings);
  };
  load(read, [this, done = std::move(done)](Loading& loading) {
    ReloadReport report;
    report.generation = reload_state_.generation;
    report.ok = loading.loaded->ok();
    if (report.ok) {
      report.changes = plan_lines(*snapshot_, **loading.loaded);
    } else {
      report.errors = faults_in(loading.loaded->error());
    }
    done(report);
  });
}

}  // namespace poise::server
