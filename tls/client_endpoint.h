// The client's side of TLS towards the backends of one pool, compiled: whom to trust, what to
// offer, which certificate to show. Verification is on unless it is switched off. Made on the
// control thread, then constant and shared by all workers.
//
//   auto endpoint = ClientEndpoint::make({.verify = true, .authorities = pem});   // once a pool
//   handshake.start_client(std::move(socket), (*endpoint)->begin("app.internal", &slot), limit);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/base/result.h"
#include "tls/certificate.h"
#include "tls/handles.h"

namespace poise::tls {

// The session to resume with one backend: one worker's, which outlives the connections it is given
// to. A TLS 1.3 ticket is used once and replaced by the next one that comes.
class SessionSlot {
 public:
  void keep(SslSessionPtr session) { session_ = std::move(session); }
  SslSessionPtr take() { return std::move(session_); }
  bool empty() const { return session_ == nullptr; }

 private:
  SslSessionPtr session_;
};

struct ClientSettings {
  bool verify = true;
  std::string authorities{};        // PEM, as load_authorities() gives it; empty: the system's
  CertificatePtr certificate{};     // nullptr: none to show
  std::vector<std::string> alpn{};  // empty: not offered
};

class ClientEndpoint;
using ClientEndpointPtr = std::shared_ptr<const ClientEndpoint>;

class ClientEndpoint {
 public:
  // The error is for the user.
  static base::Result<ClientEndpointPtr, std::string> make(const ClientSettings& settings);

  // For one connection. `name` is told by SNI and must be in the certificate: a DNS name, or an IP
  // address (which SNI does not tell). Empty: nothing is told, and any name will do. `session`:
  // nullptr, or where this backend's session is taken from and the next one kept.
  SslPtr begin(const std::string& name, SessionSlot* session) const;

 private:
  ClientEndpoint(SslCtxPtr setup, std::string terms)
      : setup_(std::move(setup)), terms_(std::move(terms)) {}

  SslCtxPtr setup_;
  std::string terms_;  // a session is resumed only under the same: nothing is verified again then
};

}  // namespace poise::tls
