#include "proxy/flight/choice.h"

#include <algorithm>

namespace poise::flight {

std::string_view to_text(Moment moment) {
  switch (moment) {
    case Moment::before_pick:
      return "before_pick";
    case Moment::at_failure:
      return "at_failure";
    case Moment::at_end:
      return "at_end";
    case Moment::none:
      break;
  }
  return "none";
}

std::string_view state_text(balancing::BackendStatus status) {
  if ((status & balancing::kDown) != 0) return "down";
  if ((status & balancing::kEjected) != 0) return "ejected";
  if ((status & balancing::kUnknown) != 0) return "unknown";
  if ((status & balancing::kDraining) != 0) return "draining";
  return (status & balancing::kProbation) != 0 ? "probation" : "up";
}

Choice choice_of(pool::BackendGroup& group, const balancing::PickRequest& request,
                 std::optional<balancing::BackendIndex> chosen, Moment moment) {
  const balancing::BackendSet& backends = group.plan().backends;
  balancing::Selector& selector = group.selector();
  Choice choice{.moment = moment, .backends = backends.size()};
  const std::size_t count = std::min(backends.size(), Choice::kMostCandidates);
  choice.candidates.reserve(count);
  const bool knows_tried = request.excluded.size() != 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto index =
        static_cast<balancing::BackendIndex>((chosen.value_or(0) + i) % backends.size());
    choice.candidates.push_back({.backend = backends.name(index),
                                 .state = state_text(selector.status(index)),
                                 .score = selector.score(index, request),
                                 .in_flight = selector.in_flight(index),
                                 .was_tried = knows_tried && request.excluded.test(index)});
  }
  return choice;
}

}  // namespace poise::flight
