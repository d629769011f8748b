// The parts of the exposition, each of which adds its families. Part of metrics_export.
#pragma once

#include <string>

#include "proxy/admin/metrics_export_family.h"
#include "proxy/server/metrics_view.h"
#include "proxy/server/record_sums.h"

namespace poise::admin {

inline constexpr const char* kClassNames[base::kStatusClasses] = {"1xx", "2xx", "3xx", "4xx",
                                                                  "5xx"};

// Of clients: listeners and routes.
void export_traffic(const server::MetricsView& view, Families& families);
// Of the handshakes of clients, and the certificates they are shown.
void export_tls(const server::MetricsView& view, Families& families);
// Of backends: pools, what they were asked and how they fare.
void export_pools(const server::MetricsView& view, Families& families);
// Of the process: workers, configuration, descriptors.
void export_process(const server::MetricsView& view, const std::string& version,
                    Families& families);

}  // namespace poise::admin
