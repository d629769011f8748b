// Reads one listener. The structs are in config.h.
#pragma once

#include "conf/config.h"

namespace poise::conf {

class YamlMap;

// `index` counts listeners from 0 and names one that has no name and no usable bind.
ListenerConfig parse_listener(YamlMap& node, std::size_t index);

}  // namespace poise::conf
