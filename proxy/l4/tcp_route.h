// Which route a TCP client takes: its address is all that is known of it. Pure.
#pragma once

#include <vector>

#include "proxy/exchange/route_plan.h"
#include "proxy/net/address.h"

namespace poise::l4 {

// The first whose source networks hold the client, or nullptr.
const exchange::RoutePlan* find_route(const std::vector<exchange::RoutePlan>& routes,
                                      const net::Address& client);

}  // namespace poise::l4
