#include "balancing/selector.h"

#include <utility>

#include "proxy/base/check.h"

namespace poise::balancing {

Selector::Selector(std::shared_ptr<const Plan> plan, const BackendSet& backends, std::uint64_t seed)
    : plan_(std::move(plan)),
      strategy_(plan_->picker(seed)),
      load_(backends.size()),
      weighted_(backends.weighted()),
      allowed_(weighted_),
      usable_(weighted_) {}

void Selector::finished(BackendIndex backend, const Outcome& outcome) {
  POISE_DCHECK(load_[backend].in_flight > 0);
  --load_[backend].in_flight;
  strategy_->finished(backend, outcome);
}

void Selector::set_usable(BackendIndex backend, bool usable) {
  if (usable && weighted_.test(backend)) {
    allowed_.set(backend);
  } else {
    allowed_.clear(backend);
  }
}

}  // namespace poise::balancing
