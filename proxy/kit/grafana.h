// A Grafana dashboard that fits a configuration: rows for the process, each listener and each pool,
// over the metrics of docs/operating.md. Pure.
#pragma once

#include <string>

#include "conf/config.h"

namespace poise::kit {

// JSON, as Grafana imports it (dashboard schema 38, Grafana 9 or later).
std::string render_grafana(const conf::Config& config);

}  // namespace poise::kit
