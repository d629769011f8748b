// Makes the request a backend gets out of the one that came: hop-by-hop fields out, the client's
// address and the proxy's name in, the route's rewrites applied. Pure.
#pragma once

#include "proxy/exchange/route_config.h"
#include "proxy/http/forwarded.h"
#include "proxy/http/message.h"

namespace poise::exchange {

void prepare_request(http::RequestHead& head, const RouteConfig& route,
                     const http::ForwardedPeer& peer);

// The same for the response on its way to the client.
void prepare_response(http::ResponseHead& head, const RouteConfig& route);

}  // namespace poise::exchange
