// A record's moments in their order, each with a word and what there is to say. Pure.
#pragma once

#include <string>
#include <vector>

#include "proxy/flight/flight_record.h"

namespace poise::flight {

// `what`: accept, tls, head, pick, queue, connect, connected, reuse, first_byte, failed, retry,
// end.
struct Step {
  base::Duration at;  // from the first byte of the request; what was before is negative
  std::string what;
  std::string detail;
};

std::vector<Step> timeline_of(const FlightRecord& record);

// "connection refused (Connection refused)": poise's words, then the system's; "" without an error.
std::string error_text(const base::Error& error);

}  // namespace poise::flight
