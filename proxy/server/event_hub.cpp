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

void EventHub::repeat_after(std::uint64_t seen, EventReader& reader) const {
  for (const Event& event : kept_) {
    if (event.id > seen) reader.on_event(event);
  }
}

std::uint64_t EventHub::missed_after(std::uint64_t seen) const {
  if (kept_.empty()) return 0;
  const std::uint64_t next = std::max(first_id_, seen + 1);
  return next < kept_.front().id ? kept_.front().id - next : 0;
}

}  // namespace poise::server
