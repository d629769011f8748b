// The events of the hub as JSON, one line each: what the event stream of the admin interface sends.
// Pure. Texts of backends and files are escaped; a byte that is no text becomes U+FFFD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conf/changes.h"
#include "conf/reader/diagnostics.h"
#include "health/events.h"
#include "proxy/base/clock.h"

namespace poise::server {

// "2026-11-22T10:00:00.123Z"
std::string time_text(base::WallTime time);

// event: backend
std::string backend_event(const health::Transition& transition, base::WallTime at);

// event: reload
struct ReloadEvent {
  bool ok = true;
  std::uint64_t generation = 1;  // in force now
  base::Duration took{0};
  std::vector<std::string> changes{};
  std::vector<std::string> errors{};
};
std::string reload_event(const ReloadEvent& event, base::WallTime at);
// One line each, as an operator reads them.
std::vector<std::string> lines_of(const std::vector<conf::Change>& changes);

// event: drain. What ends: a backend of a pool, or all of poise, where both names are empty.
struct DrainEvent {
  std::string_view pool{};
  std::string_view backend{};
  std::string_view what{};    // "began", "ended", "cancelled", "deadline"
  std::uint64_t streams = 0;  // still under way
  std::uint64_t sessions = 0;
};
std::string drain_event(const DrainEvent& event, base::WallTime at);

}  // namespace poise::server
