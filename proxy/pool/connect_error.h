// What a failed connect comes to: the errno of net::Connector as an Error of the backend's, or of
// our own when descriptors or memory ran out. Pure.
#pragma once

#include "proxy/base/error.h"
#include "tls/secure_connector.h"

namespace poise::pool {

base::Error connect_error(int system_error);
// The same where TLS was to follow: why it did not is in the error's detail.
base::Error connect_error(const tls::ConnectFailure& failure);

}  // namespace poise::pool
