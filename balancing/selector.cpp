#include "balancing/selector.h"

#include <utility>

namespace poise::balancing {

Selector::Selector(std::shared_ptr<const Plan> plan, const BackendSet& backends, std::uint64_t seed,
                   SelectorConfig config, std::vector<SharedLoad*> shared)
    : plan_(std::move(plan)),
      strategy_(plan_->picker(seed)),
      config_(std::move(config)),
      loads_(backends.size(),
             plan_->wants_shared_load() ? std::move(shared) : std::vector<SharedLoad*>{}),
      weights_(backends),
      status_(backends.size()),
      weighted_(backends.weighted()),
      allowed_(weighted_),
      usable_(weighted_) {}

std::optional<BackendIndex> Selector::pick(const PickRequest& request) {
  if (request.bound && keeps_session(*request.bound, request.excluded)) return request.bound;
  const BackendMask* usable = &allowed_;
  if (request.excluded.size() != 0) {
    usable_.assign_difference(allowed_, request.excluded);
    usable = &usable_;
  }
  return strategy_->pick({request.key, loads_, weights_, *usable, request.now});
}

bool Selector::keeps_session(BackendIndex backend, const BackendMask& excluded) const {
  return backend < status_.size() && is_healthy(status_[backend]) && !excluded.test(backend);
}

void Selector::finished(BackendIndex backend, const Outcome& outcome) {
  loads_.finish(backend);
  strategy_->finished(backend, outcome);
}

void Selector::set_status(BackendIndex backend, BackendStatus bits, base::MonotonicTime) {
  status_[backend] = bits;
  if (is_fit(bits) && weighted_.test(backend)) {
    allowed_.set(backend);
  } else {
    allowed_.clear(backend);
  }
}

bool Selector::has_usable_beside(const BackendMask& excluded) {
  usable_.assign_difference(allowed_, excluded);
  return usable_.any();
}

}  // namespace poise::balancing
