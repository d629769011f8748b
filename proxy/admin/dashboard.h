// GET /: the dashboard. The page holds no data, so it needs no token; what it asks for does.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

void tell_dashboard(Facilities&, const Request&, Reply reply);

}  // namespace poise::admin
