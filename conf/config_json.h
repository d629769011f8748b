// The configuration in force as JSON of the same shape as its YAML, with every default filled in;
// durations and shares are texts as there. What is shown can be read back, and says the same: a
// test holds each setting to that.
// Secrets are "(hidden)", files stand by their paths. The `tests` are left out: they say nothing
// of what poise does. Pure.
#pragma once

#include <string>

#include "conf/config.h"

namespace poise::conf {

std::string config_json(const Config& config);

}  // namespace poise::conf
