// One sampled request on its way from its worker to the exporter: what the flight recorder would
// tell of it, and the numbers of its spans. Owns all its text. Plain data.
#pragma once

#include "proxy/flight/flight_record.h"
#include "proxy/tracing/request_trace.h"

namespace poise::tracing {

struct TracedRequest {
  flight::FlightRecord record;
  RequestTrace trace;
};

}  // namespace poise::tracing
