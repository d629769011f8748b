// What becomes of a client that never got past its TLS handshake: the cause it is counted and
// logged under, in phase `tls`. Pure, but for the wall clock.
#pragma once

#include "proxy/base/error.h"
#include "proxy/exchange/access_record.h"
#include "proxy/net/address.h"
#include "tls/handshake.h"

namespace poise::exchange {

base::Error error_of(const tls::HandshakeFailure& failure);

// Without listener and id. `client` has the text of the peer's address.
AccessRecord record_of(const tls::HandshakeFailure& failure, std::string_view client);

}  // namespace poise::exchange
