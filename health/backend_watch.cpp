#include "health/backend_watch.h"

#include <utility>

#include "health/evidence.h"

namespace poise::health {
namespace {

using base::MonotonicTime;

std::string_view to_text(Threshold::State state) {
  switch (state) {
    case Threshold::State::up:
      return "up";
    case Threshold::State::down:
      return "down";
    case Threshold::State::unknown:
      break;
  }
  return "unknown";
}

// "http probe got 500, wanted 200-299 (3 of 3 failed, last took 1.2 ms)"
std::string probe_evidence(const std::string& kind, const ProbeResult& result,
                           std::uint32_t needed) {
  const std::string count = std::to_string(needed);
  const bool passed = result.finding == Finding::passed;
  return kind + " probe " + result.saw + " (" + count + " of " + count +
         (passed ? " passed" : " failed") + ", last took " + text_of(result.took) + ")";
}

}  // namespace

BackendWatch::BackendWatch(Prober& prober, health::Events& events, WatchedBackend backend)
    : prober_(prober), events_(events), backend_(std::move(backend)) {}

void BackendWatch::join(Pool& pool, std::size_t number, const WatchedBackend& backend,
                        const HealthConfig& config) {
  pool_ = &pool;
  number_ = number;
  backend_ = backend;
  configure_probes(config.active);
  const PassiveConfig& passive = config.passive;
  if (!passive.wants_window()) window_.reset();
  if (passive.wants_window() && (!window_ || window_length_ != passive.window)) {
    window_.emplace(passive.window);
    window_length_ = passive.window;
  }
}

void BackendWatch::configure_probes(const ActiveConfig& config) {
  if (config.probe == nullptr) {
    probed_.reset();
    threshold_.reset();
    fitness_.down = fitness_.unknown = false;
    return;
  }
  probe_kind_ = config.probe->kind();
  if (probed_ != nullptr) {
    threshold_->set_limits(config.rise, config.fall);
    probed_->expect(backend_.server_name);
    return probed_->reconfigure(config);
  }
  const bool is_unknown = config.initial == Initial::down;
  threshold_.emplace(is_unknown ? Threshold::State::unknown : Threshold::State::up, config.rise,
                     config.fall);
  fitness_.unknown = is_unknown;
  turned_at_ = prober_.loop().now();
  ProbeTarget target(backend_.address);
  target.server_name = backend_.server_name;
  probed_ = std::make_unique<ProbedBackend>(prober_, config, target,
                                            static_cast<ProbedBackend::Events&>(*this));
  probed_->start();
}

void BackendWatch::on_probe_result(const ProbeResult& result) noexcept {
  backend_.subject->cells().checks[static_cast<std::size_t>(result.finding)].add();
  if (result.finding == Finding::inconclusive) return;
  const bool passed = result.finding == Finding::passed;
  const std::uint32_t needed = threshold_->needed(passed);
  const std::string_view from = to_text(threshold_->state());
  const Threshold::Change change = threshold_->note(passed);
  if (change != Threshold::Change::none) {
    turn(passed, from, probe_evidence(probe_kind_, result, needed));
  }
  if (passed) pool_->on_good_probe(number_, result.started);
}

void BackendWatch::turn(bool up, std::string_view from, std::string evidence) {
  const MonotonicTime now = prober_.loop().now();
  evidence += ", was " + std::string(from) + " for " + text_of(now - turned_at_);
  turned_at_ = now;
  fitness_.down = !up;
  fitness_.unknown = false;
  publish();
  report({.from = from,
          .to = up ? Turn::up : Turn::down,
          .reason = "probe",
          .evidence = std::move(evidence)});
}

Standing BackendWatch::standing(MonotonicTime now) {
  Standing standing;
  const bool out = fitness_.down || fitness_.unknown || backend_.subject->is_draining();
  standing.takes_traffic = backend_.has_weight && !out;
  standing.failures_in_a_row = backend_.subject->failures_in_a_row();
  if (fitness_.probation || fitness_.ejected) standing.passed = backend_.subject->passed();
  if (window_) {
    window_->read(backend_.subject->traffic(), now);
    standing.window = &window_->counts();
    standing.span = window_->span();
  }
  return standing;
}

void BackendWatch::obey(const Decision& decision, std::uint32_t limit) {
  if (decision.kind == Decision::Kind::spared) {
    return events_.on_spared(pool_->name(), name(), decision.evidence);
  }
  Transition transition{.reason = to_text(decision.reason),
                        .evidence = decision.evidence,
                        .ejected_for = decision.length};
  transition.from = fitness_.ejected ? "ejected" : fitness_.probation ? "probation" : "in_service";
  fitness_.ejected = decision.kind == Decision::Kind::ejected;
  fitness_.probation = decision.kind == Decision::Kind::probation;
  transition.to = fitness_.ejected     ? Turn::ejected
                  : fitness_.probation ? Turn::probation
                                       : Turn::trusted;
  if (fitness_.ejected) {
    backend_.subject->cells().ejections[static_cast<std::size_t>(decision.reason)].add();
  }
  start_afresh(limit);
  publish();
  report(std::move(transition));
}

// Whatever is still under way from before must not count against it.
void BackendWatch::start_afresh(std::uint32_t limit) {
  backend_.subject->forget_failures();
  backend_.subject->set_failure_limit(limit);
  if (window_) window_->clear();
}

void BackendWatch::restore(Ejection::State state, std::uint32_t limit) {
  fitness_.ejected = state == Ejection::State::ejected;
  fitness_.probation = state == Ejection::State::probation;
  backend_.subject->set_failure_limit(limit);
  publish();
}

void BackendWatch::recall(const KnownBackend& known) {
  if (!threshold_ || known.probes == Threshold::State::unknown) return;
  threshold_->assume(known.probes);
  fitness_.down = known.probes == Threshold::State::down;
  fitness_.unknown = false;
  turned_at_ = known.turned_at;
}

KnownBackend BackendWatch::known() const {
  KnownBackend known;
  known.name = name();
  known.address = backend_.address;
  known.turned_at = turned_at_;
  if (threshold_) known.probes = threshold_->state();
  return known;
}

void BackendWatch::report(Transition transition) {
  transition.pool = pool_->name();
  transition.backend = name();
  backend_.subject->cells().transitions[static_cast<std::size_t>(transition.to)].add();
  events_.on_transition(transition);
}

void BackendWatch::publish() { backend_.subject->set_fitness(fitness_); }

}  // namespace poise::health
