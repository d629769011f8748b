#include "health/probe_run.h"

#include <utility>

#include "health/evidence.h"

namespace poise::health {
namespace {

using namespace std::chrono_literals;

// A timer that comes so late means that we were not running: the answer may be here already,
// unread.
constexpr base::Duration kLate = 200ms;
constexpr base::Duration kTimeToRead = 50ms;

}  // namespace

ProbeRun::ProbeRun(net::Loop& loop, std::shared_ptr<const ProbePlan> plan, ProbeTarget target,
                   Limits limits, Events& events)
    : loop_(loop),
      plan_(std::move(plan)),
      target_(std::move(target)),
      limits_(limits),
      events_(events),
      timer_(base::Timer::calling<ProbeRun, &ProbeRun::on_timeout>(this)),
      probe_(plan_->probe(loop, target_, *this)) {}

void ProbeRun::start() {
  started_ = loop_.read_now();
  loop_.arm_in(timer_, limits_.timeout);
  probe_->start();
}

void ProbeRun::on_answer(Finding finding, std::string saw) noexcept {
  loop_.defer(std::move(probe_));
  finish(finding, std::move(saw));
}

bool ProbeRun::slept_through() const { return loop_.now() - timer_.deadline() > kLate; }

void ProbeRun::on_timeout() {
  if (slept_through() && !std::exchange(waited_on_, true)) {
    return loop_.arm_in(timer_, kTimeToRead);
  }
  std::string saw = "waited " + text_of(limits_.timeout) + " for ";
  saw += probe_->waits_for();
  probe_.reset();
  finish(Finding::timeout, std::move(saw));
}

void ProbeRun::finish(Finding finding, std::string saw) {
  timer_.cancel();
  const base::Duration took = loop_.read_now() - started_;
  const bool late = limits_.max_latency.count() > 0 && took > limits_.max_latency && !waited_on_;
  if (finding == Finding::passed && late) {
    finding = Finding::latency;
    saw += ", but in " + text_of(took) + " where " + text_of(limits_.max_latency) + " are allowed";
  }
  events_.on_probe_done({finding, std::move(saw), took, started_});
}

}  // namespace poise::health
