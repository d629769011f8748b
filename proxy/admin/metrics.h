// GET /metrics.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

void tell_metrics(Facilities& facilities, const Request& request, Reply reply);

}  // namespace poise::admin
