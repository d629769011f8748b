// Rules between the parts of a configuration: names that exist and are unique, routes that can be
// reached, settings that fit their protocol. Reports; changes nothing.
#pragma once

#include "conf/parse.h"
#include "conf/reader/diagnostics.h"
#include "conf/reader/yaml_node.h"

namespace poise::conf {

// `root` is the tree that `parsed` was read from; messages point into it.
void check_config(const Parsed& parsed, const YamlNode& root, Diagnostics& diagnostics);

}  // namespace poise::conf
