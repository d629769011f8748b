// GET /healthz and /readyz, for whoever starts and stops poise, or sends it clients.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

// 200 while the control loop turns.
void tell_alive(Facilities& facilities, const Request& request, Reply reply);
// 200 while poise takes clients; 503 before its workers run, and from the beginning of a drain.
void tell_ready(Facilities& facilities, const Request& request, Reply reply);

}  // namespace poise::admin
