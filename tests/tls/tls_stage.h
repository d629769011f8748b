// A server and a client of TLS at both ends of a loopback connection, on a loop the test turns by
// hand: both are poise's own. For tests of handshakes and transports.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/net/turned_loop.h"
#include "tests/tls/test_certificates.h"
#include "tls/client_endpoint.h"
#include "tls/handshake.h"
#include "tls/server_endpoint.h"

namespace poise::test {

// One end: shakes hands, then keeps what it reads.
class TlsEnd final : private tls::Handshake::Events, private net::TransportEvents {
 public:
  explicit TlsEnd(net::Loop& loop) : loop_(loop) {}
  ~TlsEnd();

  void serve(net::Fd fd, tls::ServerEndpointPtr endpoint, base::Duration limit = base::Duration(0));
  void call(net::Fd fd, tls::SslPtr ssl);
  void cut() { handshake_->cut(tls::HandshakeResult::shed, "test"); }

  bool is_secured() const { return transport_ != nullptr; }
  bool is_done() const { return is_secured() || failure.has_value(); }
  net::Transport& transport() { return *transport_; }
  void let_go() { transport_.reset(); }

  // Sends all of it, as a speaker does: the rest by write_rest().
  void say(std::string_view bytes);

  std::unique_ptr<tls::Facts> facts;
  std::optional<tls::HandshakeFailure> failure;
  std::string received;
  bool ended = false;
  int lost = 0;      // errno
  int writable = 0;  // times on_writable was called
  std::size_t room = 4096;
  int reads = 0;  // calls of receive()

 private:
  void on_secured(tls::Handshake&, net::TransportPtr transport,
                  std::unique_ptr<tls::Facts> agreed) noexcept override;
  void on_handshake_failed(tls::Handshake&, const tls::HandshakeFailure& why) noexcept override;
  void on_readable() noexcept override;
  void on_writable(int error) noexcept override;

  net::Loop& loop_;
  std::unique_ptr<tls::Handshake> handshake_;
  net::TransportPtr transport_;
};

class TlsStage {
 public:
  TlsStage() : server(turned.loop()), client(turned.loop()) {}

  // Both ends connect; turns until both know what came of it.
  void meet(tls::ServerEndpointPtr endpoint, tls::SslPtr ssl);

  TurnedLoop turned;
  TlsEnd server;
  TlsEnd client;
};

// For one name, signed by itself.
tls::ServerEndpointPtr server_for(const std::string& name);
tls::ServerEndpointPtr server_with(tls::ServerConfig config,
                                   std::vector<tls::CertificatePtr> certificates);
// One that believes everybody.
tls::ClientEndpointPtr trusting_client(std::vector<std::string> alpn = {});

}  // namespace poise::test
