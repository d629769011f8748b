#include "proxy/server/event_hub.h"

#include <algorithm>
#include <utility>

namespace poise::server {

void EventHub::publish(std::string name, std::string data) {
  if (kept_.size() == kKept) kept_.pop_front();
  kept_.push_back({next_id_++, std::move(name), std::move(data)});
  tell(kept_.back());
}

void EventHub::tell_once(std::string name, std::string data) {
  tell({0, std::move(name), std::move(data)});
}

void EventHub::tell(const Event& event) {
  readers_.for_each([&](EventReader& reader) { reader.on_event(event); });
}

std::uint64_t EventHub::repeat_after(std::uint64_t seen, EventReader& reader) const {
  const auto first =
      std::find_if(kept_.begin(), kept_.end(), [&](const Event& event) { return event.id > seen; });
  for (auto event = first; event != kept_.end(); ++event) reader.on_event(*event);
  if (first == kept_.end()) return 0;
  return first->id - std::max(first_id_, seen + 1);
}

}  // namespace poise::server
