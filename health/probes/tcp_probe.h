// Asks whether a backend accepts connections, and nothing more: it connects and closes again.
#pragma once

#include "health/probe.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::health {

std::shared_ptr<const ProbePlan> parse_tcp_probe(conf::YamlMap& node);

}  // namespace poise::health
