// GET /api/v1/status: the process at a glance; latencies are those of the last ten seconds.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

void show_status(Facilities& facilities, const Request& request, Reply reply);

}  // namespace poise::admin
