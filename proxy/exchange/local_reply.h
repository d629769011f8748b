// The answers poise makes itself: errors, redirects, fixed replies. Pure: fills a response head,
// whose text lives in its arena, and the body.
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

}  // namespace poise::exchange
