// Makes texts of a peer's certificate, for logs and header fields. Whatever the certificate holds,
// they are printable ASCII without a quotation mark's surprise: the rest is escaped.
#pragma once

#include "tls/facts.h"
#include "tls/handles.h"

namespace poise::tls {

PeerCertificate describe(X509& certificate);

// Of one certificate: its DNS names in lower case; where it has none, its common name.
std::vector<std::string> dns_names_of(X509& certificate);

// Lower-case hex, without colons.
std::string fingerprint_of(X509& certificate);

}  // namespace poise::tls
