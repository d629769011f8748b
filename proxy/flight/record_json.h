// A flight record as the admin interface tells it: what it was, its timeline in milliseconds from
// the first byte of the request, and each try with whom it could have gone to. Pure.
#pragma once

#include <span>
#include <string>

#include "proxy/flight/flight_record.h"

namespace poise::flight {

// {"failures": […]}, and "silent_workers" where some did not answer in time.
std::string records_json(std::span<const RecordPtr> records, std::size_t silent_workers);

}  // namespace poise::flight
