#include "balancing/selector.h"

#include <utility>

#include "balancing/hash.h"

namespace poise::balancing {
namespace {

std::vector<SharedLoad*> if_wanted(const Plan& plan, std::vector<SharedLoad*> shared) {
  return plan.wants_shared_load() ? std::move(shared) : std::vector<SharedLoad*>{};
}

}  // namespace

Selector::Selector(std::shared_ptr<const Plan> plan, const BackendSet& backends, std::uint64_t seed,
                   SelectorConfig config, std::vector<SharedLoad*> shared)
    : plan_(std::move(plan)),
      loads_(backends.size(), if_wanted(*plan_, std::move(shared))),
      weights_(backends, config.slow_start),
      lanes_(backends, config.zone, config.panic),
      random_(mix(seed, 0)),
      status_(backends.size()),
      since_(backends.size()),
      usable_(backends.size()) {
  for (std::size_t i = 0; i < lanes_.all().size(); ++i) {
    strategies_.push_back(plan_->picker(seed + i));
  }
}

const Lanes& Selector::lanes() {
  if (std::exchange(is_stale_, false)) lanes_.update(status_);
  return lanes_;
}

std::optional<BackendIndex> Selector::pick(const PickRequest& request) {
  weights_.advance(request.now);
  const std::size_t count = lanes().all().size();
  if (request.bound && keeps_session(*request.bound, request.excluded)) return request.bound;
  std::size_t lane = lanes_.sole();
  if (lane == count) lane = lanes_.choose(coin_for(request));
  if (lane < count) {
    if (const auto picked = pick_in(lane, request)) return picked;
  }
  return pick_in_any(request);
}

// A key's lane is always the same, as its backend is.
std::uint64_t Selector::coin_for(const PickRequest& request) {
  return plan_->key_source() == nullptr ? random_() : mix(request.key, 0);
}

std::optional<BackendIndex> Selector::pick_in(std::size_t lane, const PickRequest& request) {
  const BackendMask* usable = &lanes_.all()[lane].allowed;
  if (request.excluded.size() != 0) {
    usable_.assign_difference(*usable, request.excluded);
    usable = &usable_;
  }
  return strategies_[lane]->pick({request.key, loads_, weights_, *usable, request.now});
}

std::optional<BackendIndex> Selector::pick_in_any(const PickRequest& request) {
  for (std::size_t lane = 0; lane < strategies_.size(); ++lane) {
    if (lanes_.all()[lane].allowed_weight == 0) continue;
    if (const auto picked = pick_in(lane, request)) return picked;
  }
  return std::nullopt;
}

bool Selector::keeps_session(BackendIndex backend, const BackendMask& excluded) const {
  if (backend >= status_.size() || excluded.test(backend)) return false;
  if ((status_[backend] & kDrained) != 0) return false;
  if (is_healthy(status_[backend])) return true;
  return (status_[backend] & kUnknown) == 0 && lanes_.all()[lanes_.lane_of(backend)].panics;
}

void Selector::finished(BackendIndex backend, const Outcome& outcome) {
  loads_.finish(backend);
  strategies_[lanes_.lane_of(backend)]->finished(backend, outcome);
}

void Selector::set_status(BackendIndex backend, BackendStatus bits, base::MonotonicTime since) {
  if (status_[backend] == bits && since_[backend] == since) return;
  is_stale_ = is_stale_ || status_[backend] != bits;
  status_[backend] = bits;
  since_[backend] = since;
  if ((bits & kProbation) != 0) return weights_.hold(backend);
  weights_.let_go(backend);
  if (is_fit(bits) && since != base::MonotonicTime{}) {
    weights_.start_ramp(backend, since);
  } else {
    weights_.stop_ramp(backend);
  }
}

bool Selector::has_usable_beside(const BackendMask& excluded) {
  for (const Lane& lane : lanes().all()) {
    usable_.assign_difference(lane.allowed, excluded);
    if (usable_.any()) return true;
  }
  return false;
}

std::optional<double> Selector::score(BackendIndex backend, const PickRequest& request) {
  weights_.advance(request.now);
  const std::size_t lane = lanes().lane_of(backend);
  return strategies_[lane]->score(
      backend, {request.key, loads_, weights_, lanes_.all()[lane].allowed, request.now});
}

}  // namespace poise::balancing
