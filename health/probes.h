// The list of all kinds of probes, by the name a configuration gives. Adding one is its own file
// pair in probes/ and a line in probes.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "health/probe.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::health {

struct ProbeKind {
  std::string_view name;
  // Reads what only this kind knows, from the map that holds all of `active`.
  std::shared_ptr<const ProbePlan> (*parse)(conf::YamlMap& node);
};

std::span<const ProbeKind> all_probes();

// nullptr when no kind has that name.
const ProbeKind* find_probe(std::string_view name);

}  // namespace poise::health
