// The server's side of TLS for one listener, compiled: which certificate answers for which name,
// what versions and protocols are spoken, whom to trust among clients, and the ticket keys.
// Made on the control thread, then constant and shared by all workers; certificates that changed
// make another one, and each connection ends with the one it began with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/base/result.h"
#include "tls/authorities.h"
#include "tls/certificate.h"
#include "tls/handshake.h"
#include "tls/sni_map.h"
#include "tls/ticket_keys.h"
#include "tls/tls_config.h"

namespace poise::tls {

class ServerEndpoint;
using ServerEndpointPtr = std::shared_ptr<const ServerEndpoint>;

class ServerEndpoint {
 public:
  struct Parts {
    ServerConfig config;
    std::vector<CertificatePtr> certificates;  // of the configuration, in its order
    TicketKeys ticket_keys;
    bool answers_plain_http = false;
  };
  // The error is for the user.
  static base::Result<ServerEndpointPtr, std::string> make(Parts parts);

  // Whether make() of these would come out the same.
  bool is_made_of(const Parts& parts) const;
  // The same but for the keys.
  ServerEndpointPtr with(TicketKeys keys) const;

  // For a connection. `negotiation` has this endpoint, and lives until the handshake is over.
  SslPtr begin(Negotiation& negotiation) const;

  const ServerConfig& config() const { return parts_.config; }
  const std::vector<CertificatePtr>& certificates() const { return parts_.certificates; }
  const TicketKeys& ticket_keys() const { return parts_.ticket_keys; }
  bool answers_plain_http() const { return parts_.answers_plain_http; }
  // By name, as SNI has it; nullptr: refuse.
  SSL_CTX* setup_for(std::string_view name) const;
  // As ALPN has them: each with its length in front.
  const std::string& protocols() const { return protocols_; }

 private:
  // Certificates that stand for the same names, at most one of each kind of key.
  using Bundle = std::vector<std::size_t>;
  struct Setups {
    std::vector<SslCtxPtr> all;  // the first is the default
    SniMap by_name;
  };

  explicit ServerEndpoint(Parts parts) : parts_(std::move(parts)) {}
  std::string compile();
  std::string add_setup(const Bundle& bundle, const Authorities& trusted, Setups& setups) const;
  std::string configure(SSL_CTX* setup, const Authorities& trusted) const;
  Bundle bundle_with(std::size_t first, const std::string& name) const;

  Parts parts_;
  std::string protocols_;
  std::string session_scope_;  // sessions are resumed only under the same terms
  std::shared_ptr<const Setups> setups_;
};

// "" or what is wrong with a list of TLS 1.2's ciphers, in words.
std::string fault_of_ciphers(const std::string& ciphers);
// "" or what is wrong with a file of authorities.
std::string fault_of_authorities(const std::string& path);

}  // namespace poise::tls
