// YAML text to a tree of YamlNode. The one place that knows yaml-cpp, and turns its exceptions into
// diagnostics. Refuses what a configuration never needs and an attacker might send: deep nesting,
// alias bombs, merge keys, tags, several documents.
#pragma once

#include <cstddef>
#include <string>

#include "conf/reader/diagnostics.h"
#include "conf/reader/variables.h"
#include "conf/reader/yaml_node.h"

namespace poise::conf {

inline constexpr std::size_t kMaxDepth = 32;
inline constexpr std::size_t kMaxNodes = 500'000;

// nullptr, with at least one error reported, when there is no tree to read. Other errors (a
// duplicate key, an unset variable) still give one, so that everything else is checked too.
YamlNodePtr parse_yaml(const std::string& raw, const std::string& file_name,
                       const Environment& environment, Diagnostics& diagnostics);

}  // namespace poise::conf
