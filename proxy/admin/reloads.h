// POST /api/v1/reload, /reload/confirm and /plan: another configuration, tried, confirmed, or only
// looked at. Answers come when every worker has it, or with every fault at its place.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

// ?confirm=60s: on trial for so long.
void order_reload(Facilities& facilities, const Request& request, Reply reply);
void order_confirm(Facilities& facilities, const Request& request, Reply reply);
// The body is what the file would hold.
void tell_plan(Facilities& facilities, const Request& request, Reply reply);

}  // namespace poise::admin
