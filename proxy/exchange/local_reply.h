// The answers poise makes itself: errors, redirects, fixed replies. Fills a response head, whose
// text lives in its arena, and the body. Pure but for Date, which every one has (RFC 9110 section
// 6.6.1).
#pragma once

#include <string_view>

#include "proxy/base/error.h"
#include "proxy/exchange/route_config.h"
#include "proxy/http/message.h"

namespace poise::exchange {

struct LocalReply {
  http::ResponseHead head;
  std::string_view body;  // in the head's arena, or constant
};

// Says the cause in the body and in Proxy-Status (RFC 9209).
LocalReply error_reply(const base::Error& error);
LocalReply redirect_reply(const RedirectConfig& config, const http::RequestHead& request);
LocalReply fixed_reply(const RespondConfig& config);
// One of the two, with the route's edits. Requires: the route redirects or responds.
LocalReply route_reply(const RouteConfig& route, const http::RequestHead& request);

}  // namespace poise::exchange
