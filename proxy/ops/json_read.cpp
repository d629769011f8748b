#include "proxy/ops/json_read.h"

#include <algorithm>

namespace poise::ops {

Counts counts_in(const Json& json, std::string_view name) {
  Counts counts;
  const Json& found = member(json, name);
  if (!found.is_object()) return counts;
  for (const auto& [word, number] : found.items()) {
    if (number.is_number() && number.get<double>() > 0) {
      counts.emplace_back(word, number.get<double>());
    }
  }
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return counts;
}

}  // namespace poise::ops
