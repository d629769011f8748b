// Passes when a TLS handshake with the backend completes, its certificate verified: as the pool's
// connections do it, or by the probe's own settings, which a pool that relays TLS needs.
#pragma once

#include "health/probe.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::health {

std::shared_ptr<const ProbePlan> parse_tls_probe(conf::YamlMap& node);

}  // namespace poise::health
