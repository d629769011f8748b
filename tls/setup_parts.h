// What the setups of both roles have in common.
#pragma once

#include <string>
#include <vector>

#include "tls/certificate.h"
#include "tls/handles.h"

namespace poise::tls {

// How poise drives OpenSSL, whatever is spoken: see TlsTransport.
void set_up_io(SSL_CTX* setup);

// "" or why it cannot be used, for the user.
std::string use_certificate(SSL_CTX* setup, const Certificate& certificate);

// As ALPN has them: each with its length in front.
std::string protocol_list(const std::vector<std::string>& names);

}  // namespace poise::tls
