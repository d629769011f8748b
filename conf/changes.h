// What differs between two configurations, in words: for the log line of a reload. Listeners and
// pools are known by name, routes by their listener's and their own, backends by their pool, name
// and address. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conf/config.h"

namespace poise::conf {

struct Change {
  enum class Kind : std::uint8_t { added, removed, changed };
  Kind kind = Kind::changed;
  std::string what;     // "listener", "route", "pool", "backend" or "setting"
  std::string name;     // "'api' of listener 'web'"
  std::string item{};   // "api"
  std::string owner{};  // "web"; empty where there is none

  bool operator==(const Change&) const = default;
};

// What belongs to a listener or pool that is added or removed as a whole is not listed again.
std::vector<Change> changes_between(const Config& before, const Config& after);

// "2 backends added, 1 route changed", or "nothing changed".
std::string summary(const std::vector<Change>& changes);

}  // namespace poise::conf
