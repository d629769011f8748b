// Sampled requests as OTLP over HTTP has them in JSON (opentelemetry-proto 1.x, trace service): a
// server span for the request and a client span for each try, with the attributes of
// OpenTelemetry's stable HTTP conventions. Pure.
#pragma once

#include <string>

#include "proxy/tracing/traced_request.h"

namespace poise::tracing {

// The spans of one request, with commas between them.
void append_spans(std::string& out, const TracedRequest& request);

// What stands before and behind the spans of a batch.
std::string otlp_begin(const std::string& service);
inline constexpr std::string_view kOtlpEnd = "]}]}]}";

}  // namespace poise::tracing
