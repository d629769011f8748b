// A parsed YAML tree to a Config, section by section; each section's own parser does the work.
// Judges no rule between sections: that is check.*.
#pragma once

#include <vector>

#include "conf/config.h"
#include "conf/reader/diagnostics.h"
#include "conf/reader/yaml_node.h"

namespace poise::conf {

struct Parsed {
  Config config;
  // For each listener: nothing was wrong in it. Rules that compare routes hold back otherwise, lest
  // one mistake shows as many.
  std::vector<bool> sound_listeners;
};

Parsed parse_config(const YamlNode& root, Diagnostics& diagnostics);

}  // namespace poise::conf
