// What a completed handshake came to: what logs, routes and header fields say of a secured
// connection. Made once by the Handshake, then owned by whoever speaks over the connection.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/base/clock.h"

namespace poise::tls {

// A client's certificate that was verified. Texts are printable ASCII; what is not is escaped.
struct PeerCertificate {
  std::string subject;      // RFC 2253: "CN=ann,O=Example"
  std::string names;        // subject alternative names: "DNS:a.test, email:ann@example.com"
  std::string fingerprint;  // SHA-256 of the certificate, lower-case hex
  std::string serial;       // hex
};

struct Facts {
  std::string_view version;  // "TLSv1.3"; static
  std::string_view cipher;   // "TLS_AES_128_GCM_SHA256"; static
  std::string server_name;   // SNI as the client sent it, lower case; empty: none
  std::string alpn;          // empty: none agreed upon
  bool resumed = false;
  base::Duration took{0};  // from the accepted (or connected) socket to the last handshake message
  std::vector<PeerCertificate> peer;  // one, or none where none was asked for or given
};

// "" where there is no certificate.
inline std::string_view subject_of(const Facts& facts) {
  return facts.peer.empty() ? std::string_view{} : facts.peer.front().subject;
}

}  // namespace poise::tls
