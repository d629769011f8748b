// GET /metrics: everything of a MetricsView in Prometheus' text format, by prometheus-cpp. Any
// thread; with a thousand backends it takes tens of milliseconds, so not on a loop. Names and
// labels are bounded by the configuration, never by what clients send: docs/metrics.md.
#pragma once

#include <string>

#include "proxy/server/metrics_view.h"

namespace poise::admin {

inline constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

// `version` is poise's own.
std::string metrics_text(const server::MetricsView& view, const std::string& version);

}  // namespace poise::admin
