// The header fields by which a backend hears who the client is, where its certificate was verified:
// X-Client-Cert-Subject, -San, -Fingerprint (SHA-256) and -Serial. No client may send them itself
// to any listener, as soon as one listener of the configuration tells them. Pure.
#pragma once

#include <cstdint>

#include "proxy/http/message.h"
#include "tls/facts.h"

namespace poise::exchange {

enum class CertificateFields : std::uint8_t {
  untouched,  // no listener tells them
  removed,    // another listener does
  told,
};

// `tls`: nullptr, or what lives as long as the request.
void apply_certificate_fields(http::RequestHead& head, CertificateFields policy,
                              const tls::Facts* tls);

}  // namespace poise::exchange
