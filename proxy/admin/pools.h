// GET /api/v1/pools and /pools/NAME: the pools of the configuration in force with their backends.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

void show_pools(Facilities& facilities, const Request& request, Reply reply);
void show_pool(Facilities& facilities, const Request& request, Reply reply);

}  // namespace poise::admin
