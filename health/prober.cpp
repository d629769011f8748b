#include "health/prober.h"

#include <utility>

namespace poise::health {

void Prober::ask_for_turn(ProbedBackend& backend) {
  if (under_way_ >= most_) return line_.push_back(backend);
  ++under_way_;
  backend.take_turn();
}

void Prober::give_back_turn() {
  if (line_.empty()) {
    --under_way_;
    return;
  }
  ProbedBackend& next = line_.front();
  static_cast<base::Link<ProbedBackend>&>(next).unlink();
  next.take_turn();
}

ProbedBackend::ProbedBackend(Prober& prober, const ActiveConfig& config, const ProbeTarget& target,
                             Events& events)
    : prober_(prober),
      backend_(target.address),
      target_(target),
      events_(events),
      timer_(base::Timer::calling<ProbedBackend, &ProbedBackend::on_timer>(this)) {
  reconfigure(config);
}

ProbedBackend::~ProbedBackend() {
  if (run_ == nullptr) return;
  run_.reset();
  prober_.give_back_turn();
}

void ProbedBackend::reconfigure(const ActiveConfig& config) {
  config_ = config;
  target_.address = config.port != 0 ? backend_.with_port(config.port) : backend_;
  const bool as_traffic = config.port == 0;
  target_.greeting = as_traffic ? config.greeting : std::string();
  target_.tls = as_traffic ? config.tls : std::nullopt;
  // What was planned by a longer interval must not be waited for.
  const bool is_late = timer_.is_armed() && timer_.deadline() - prober_.loop().now() >
                                                config.interval + config.interval_down;
  if (is_late) prober_.loop().arm_in(timer_, prober_.pace().second(config_, false));
}

void ProbedBackend::start() { prober_.loop().arm_in(timer_, prober_.pace().first(config_)); }

void ProbedBackend::take_turn() {
  run_ = std::make_unique<ProbeRun>(prober_.loop(), config_.probe, target_,
                                    ProbeRun::Limits{config_.timeout, config_.max_latency},
                                    static_cast<ProbeRun::Events&>(*this));
  run_->start();
}

void ProbedBackend::on_probe_done(ProbeResult result) noexcept {
  prober_.loop().defer(std::move(run_));
  events_.on_probe_result(result);
  const bool is_down = events_.is_down();
  ProbePace& pace = prober_.pace();
  const base::Duration pause = std::exchange(asked_before_, true)
                                   ? pace.next(config_, is_down, result.took)
                                   : pace.second(config_, is_down);
  prober_.loop().arm_in(timer_, pause);
  prober_.give_back_turn();
}

}  // namespace poise::health
