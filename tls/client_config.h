// The settings of TLS towards the backends of a pool, and the endpoints they make: files are read
// with the configuration, so that what is wrong with them is an error in it, with its place. Plain
// data; constant once read.
#pragma once

#include <string>

#include "tls/client_endpoint.h"
#include "tls/tls_config.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::tls {

struct ClientConfig {
  bool verify = true;
  std::string ca;                // a file; empty: the system's authorities
  std::string server_name;       // told by SNI and looked for; empty: each backend's own
  CertificateFiles certificate;  // to show; no cert: none
  std::string authorities;       // what was read of `ca`
  std::string own_fingerprint;   // of the certificate that was read
  ClientEndpointPtr for_http;    // offers http/1.1
  ClientEndpointPtr for_bytes;   // offers nothing: whatever is spoken inside is not known

  // Endpoints are equal where what they were made of is.
  bool operator==(const ClientConfig& other) const;
};

// Everything but the endpoints is as given; null where they cannot be made, with the reason
// reported.
ClientConfig parse_client(conf::YamlMap& node);

// As without any setting: verified by the system's authorities.
const ClientConfig& default_client();

}  // namespace poise::tls
