// How the admin writes numbers and counters in its JSON. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "proxy/base/clock.h"
#include "proxy/server/backend_drains.h"
#include "proxy/server/record_sums.h"

namespace poise::admin {

using Json = nlohmann::ordered_json;

// Milliseconds to the microsecond; null for zero: nothing was measured.
Json milliseconds(base::Duration duration);
// {"2xx": 17}, {"connect_refused": 3}: what did not happen is left out.
Json by_class(const server::ByClass& counts);
Json by_cause(const server::ByCause& counts);

template <class Counts>
std::uint64_t total_of(const Counts& counts) {
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts) total += count;
  return total;
}

// null: it does not drain.
Json drain_json(const std::optional<server::DrainState>& drain);

// Names come from the configuration, which need not be UTF-8.
std::string text_of(const Json& json);

}  // namespace poise::admin
