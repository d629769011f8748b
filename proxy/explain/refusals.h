// How a listener turns a request or a client away, as its answer says it: the cause, the status
// where it has one, and why.
#pragma once

#include <string_view>

#include "proxy/base/error.h"
#include "proxy/exchange/route_config.h"
#include "proxy/explain/explanation.h"
#include "proxy/http/http_config.h"
#include "proxy/http/message.h"

namespace poise::explain {

// Reads the head as a connection does, its size included.
base::Error check_head(std::string_view text, const http::LimitsConfig& limits,
                       http::RequestHead& head);

void refuse(const base::Error& error, Outcome outcome, ListenerAnswer& answer);
void refuse_no_route(ListenerAnswer& answer);
// Requires: the route does not admit the client.
void refuse_client(const exchange::RouteConfig& route, const net::Address& client,
                   ListenerAnswer& answer);

}  // namespace poise::explain
