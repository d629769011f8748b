// Takes out of a head what was meant for this hop only (RFC 9110 section 7.6.1): the known
// hop-by-hop fields, whatever Connection names, and the fields each codec writes anew (Host,
// Content-Length, Expect). What stays may be passed on. Pure.
#pragma once

#include "proxy/http/fields.h"

namespace poise::http {

void remove_hop_fields(Fields& fields);

}  // namespace poise::http
