#include "proxy/ops/event_text.h"

#include <utility>

namespace poise::ops {

std::vector<ServerEvent> EventText::take(std::string_view bytes) {
  std::vector<ServerEvent> events;
  for (const char c : bytes) {
    const bool after_cr = std::exchange(ended_with_cr_, c == '\r');
    if (c == '\n' && after_cr) continue;
    if (c == '\n' || c == '\r') {
      take_line(std::exchange(line_, {}), events);
    } else if (line_.size() < kMostBytes) {
      line_ += c;
    } else {
      is_too_large_ = true;
    }
  }
  return events;
}

void EventText::take_line(std::string_view line, std::vector<ServerEvent>& events) {
  if (line.empty()) return finish(events);
  const auto colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") name_ = value;
  if (field == "id") id_ = value;
  if (field != "data") return;
  is_too_large_ = is_too_large_ || data_.size() + value.size() > kMostBytes;
  if (is_too_large_) return;
  if (std::exchange(has_data_, true)) data_ += '\n';
  data_ += value;
}

void EventText::finish(std::vector<ServerEvent>& events) {
  if (has_data_ && !is_too_large_) {
    events.push_back({name_.empty() ? "message" : name_, data_, id_});
  }
  name_.clear();
  data_.clear();
  has_data_ = is_too_large_ = false;
}

}  // namespace poise::ops
