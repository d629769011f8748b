// Reads members of JSON that another process wrote: what is missing, null or of another type is the
// default, never an exception. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poise::ops {

using Json = nlohmann::json;
using Counts = std::vector<std::pair<std::string, double>>;

// Null when there is none.
inline const Json& member(const Json& json, std::string_view name) {
  static const Json none;
  if (!json.is_object()) return none;
  const auto found = json.find(name);
  return found == json.end() ? none : *found;
}

inline std::string text_in(const Json& json, std::string_view name) {
  const Json& found = member(json, name);
  return found.is_string() ? found.get<std::string>() : std::string();
}

inline std::optional<double> number_in(const Json& json, std::string_view name) {
  const Json& found = member(json, name);
  return found.is_number() ? std::optional(found.get<double>()) : std::nullopt;
}

inline double count_in(const Json& json, std::string_view name) {
  return number_in(json, name).value_or(0);
}

inline bool flag_in(const Json& json, std::string_view name) {
  const Json& found = member(json, name);
  return found.is_boolean() && found.get<bool>();
}

// Of {"word": number, …}: those above zero, the largest first.
Counts counts_in(const Json& json, std::string_view name);

// Each element of an array, read by `read`; none of what is no array.
template <class Read>
auto list_in(const Json& json, std::string_view name, Read read) {
  std::vector<decltype(read(json))> list;
  const Json& found = member(json, name);
  if (!found.is_array()) return list;
  for (const Json& each : found) list.push_back(read(each));
  return list;
}

}  // namespace poise::ops
