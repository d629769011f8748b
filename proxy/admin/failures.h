// GET /api/v1/failures?cause=&backend=&limit=: what the flight recorders of all workers remember,
// the newest first. `cause` is a cause's word, or "slow" for the slowest that went well.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

void tell_failures(Facilities& facilities, const Request& request, Reply reply);

}  // namespace poise::admin
