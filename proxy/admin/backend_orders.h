// POST /api/v1/pools/{pool}/backends/{backend}/drain, undrain and weight: an operator's orders for
// one backend. Each answers with the backend as it stands then.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

// ?deadline=30s: when what is left there ends; without it, never.
void order_drain(Facilities& facilities, const Request& request, Reply reply);
void order_undrain(Facilities& facilities, const Request& request, Reply reply);
// ?value=3, or ?value=configured to give the order back.
void order_weight(Facilities& facilities, const Request& request, Reply reply);

}  // namespace poise::admin
