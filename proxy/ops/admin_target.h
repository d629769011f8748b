// Where the admin of a running poise is, read from what the user wrote: "http://127.0.0.1:9900",
// the same without "http://", or "unix:/path". A name is asked for with getaddrinfo, which blocks:
// for commands, never for a server.
#pragma once

#include <string>
#include <string_view>

#include "proxy/base/result.h"
#include "proxy/net/address.h"

namespace poise::ops {

inline constexpr const char* kDefaultAdmin = "http://127.0.0.1:9900";

struct AdminTarget {
  net::Address address;
  std::string authority;  // for Host
  std::string url;        // for messages
  std::string token{};    // empty: none is sent
};

// The error says what to write instead. Without a port it is that of kDefaultAdmin.
base::Result<AdminTarget, std::string> read_admin_target(std::string_view url);

}  // namespace poise::ops
