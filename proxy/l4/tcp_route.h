// Which route a TCP client takes: by its address, and, where it speaks TLS and that is looked at,
// by what its ClientHello says. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "proxy/exchange/route_plan.h"
#include "proxy/l4/client_hello.h"
#include "proxy/net/address.h"

namespace poise::l4 {

// A condition on the name: "", exact or "*.example.com", which takes every name below.
bool takes_name(std::string_view wanted, std::string_view server_name);

// The first whose conditions hold, or nullptr. `hello` is nullptr on listeners of bare TCP.
const exchange::RoutePlan* find_route(const std::vector<exchange::RoutePlan>& routes,
                                      const net::Address& client, const ClientHello* hello);

}  // namespace poise::l4
