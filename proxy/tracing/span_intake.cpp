#include "proxy/tracing/span_intake.h"

#include <memory>
#include <utility>

namespace poise::tracing {

void SpanIntake::hand_over(Batch batch) {
  auto kept = std::make_shared<Batch>(std::move(batch));
  control_.post([this, kept] { take_(std::move(*kept)); });
}

SpanOutbox::SpanOutbox(net::Loop& loop, SpanIntake& intake)
    : loop_(loop),
      intake_(intake),
      timer_(base::Timer::calling<SpanOutbox, &SpanOutbox::flush>(this)) {}

void SpanOutbox::add(TracedRequest request) {
  batch_.push_back(std::move(request));
  if (batch_.size() >= kBatch) return flush();
  if (!timer_.is_armed()) loop_.arm_in(timer_, kPatience);
}

void SpanOutbox::flush() {
  timer_.cancel();
  if (!batch_.empty()) intake_.hand_over(std::exchange(batch_, {}));
}

}  // namespace poise::tracing
