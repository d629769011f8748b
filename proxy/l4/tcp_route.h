// Which route a TCP client takes, and whether that route lets it in: its address is all that is
// known of it. Pure.
#pragma once

#include <vector>

#include "proxy/base/random.h"
#include "proxy/exchange/http_service.h"
#include "proxy/net/address.h"

namespace poise::l4 {

// The first whose source networks hold the client, or nullptr.
const exchange::RoutePlan* find_route(const std::vector<exchange::RoutePlan>& routes,
                                      const net::Address& client);

bool admits(const exchange::RouteConfig& route, const net::Address& client);

// The index of a pool, by the weights of the route's split. Requires: it leads to at least one.
std::size_t choose_pool(const exchange::RoutePlan& route, base::Random& random);

}  // namespace poise::l4
