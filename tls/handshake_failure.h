// Sorts OpenSSL's many reasons for a failed handshake into the few an operator can act on. Pure.
#pragma once

#include "tls/handshake.h"

namespace poise::tls {

// `code` is of ERR_peek_last_error(); 0 is none.
HandshakeResult result_of_error(unsigned long code);

}  // namespace poise::tls
