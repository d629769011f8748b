#include "proxy/admin/json_parts.h"

#include <array>
#include <cmath>

#include "proxy/server/event_texts.h"

namespace poise::admin {

Json milliseconds(base::Duration duration) {
  if (duration.count() == 0) return nullptr;
  const auto count = std::chrono::duration<double, std::milli>(duration).count();
  return std::round(count * 1000) / 1000;
}

Json by_class(const server::ByClass& counts) {
  constexpr std::array<const char*, base::kStatusClasses> kNames{"1xx", "2xx", "3xx", "4xx", "5xx"};
  Json json = Json::object();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) json[kNames[i]] = counts[i];
  }
  return json;
}

Json by_cause(const server::ByCause& counts) {
  Json json = Json::object();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) json[std::string(base::to_text(static_cast<base::Cause>(i)))] = counts[i];
  }
  return json;
}

Json drain_json(const std::optional<server::DrainState>& drain) {
  if (!drain) return nullptr;
  Json json{{"deadline", nullptr},
            {"streams", drain->left.streams},
            {"sessions", drain->left.sessions},
            {"over", drain->is_over}};
  if (drain->deadline) json["deadline"] = server::time_text(*drain->deadline);
  return json;
}

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace poise::admin
