// POST /api/v1/upgrade: what SIGUSR2 does, with an answer.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

// {"ok": true, "pid": 4712} once the new process is in charge; 409 and why when none is.
void upgrade(Facilities& facilities, const Request& request, Reply reply);

}  // namespace poise::admin
