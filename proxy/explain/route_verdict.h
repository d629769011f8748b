// Puts into words why a route does not take a request: what it wants, and what there is instead.
// The judgement is RouteMatcher's. Pure.
#pragma once

#include <string>

#include "proxy/exchange/route_matcher.h"
#include "proxy/explain/explanation.h"
#include "proxy/explain/question.h"

namespace poise::explain {

RouteVerdict verdict_on(const exchange::RouteConfig& route, const exchange::Mismatch& mismatch,
                        const http::RequestHead& request, const net::Address& client);

// Of a TCP or TLS listener, whose routes look at the client and its ClientHello.
RouteVerdict verdict_on(const exchange::RouteConfig& route, const Question& question, bool takes);

// "10.0.0.0/8, 192.0.2.1/32"
std::string text_of(const std::vector<net::Network>& networks);

}  // namespace poise::explain
