// Where the clients of a secured listener shake hands before their connection begins: bounded in
// number and time, counted, and told to the door with what was agreed. When there are too many at
// once, the one that waits longest goes: it is the likeliest to be silent on purpose. Part of its
// Door, on the worker's thread.
#pragma once

#include <memory>

#include "proxy/base/link.h"
#include "proxy/net/client_origin.h"
#include "proxy/net/fd.h"
#include "proxy/net/loop.h"
#include "tls/handshake.h"
#include "tls/handshake_record.h"
#include "tls/server_endpoint.h"

namespace poise::server {

// What a listener's TLS is in one configuration.
struct SecureSetup {
  tls::ServerEndpointPtr endpoint;  // nullptr: the listener has no TLS
  base::Duration limit{0};          // of a handshake; 0: none
  std::shared_ptr<tls::HandshakeRecord> record;
};

class SecureEntrance final : private tls::Handshake::Events {
 public:
  class Events {
   public:
    virtual void on_client_secured(net::TransportPtr transport, std::unique_ptr<tls::Facts> facts,
                                   net::ClientOrigin origin) noexcept = 0;
    virtual void on_client_refused(const net::Address& client,
                                   const tls::HandshakeFailure& failure) noexcept = 0;

   protected:
    ~Events() = default;
  };
  static constexpr std::size_t kMostAtOnce = 1024;

  SecureEntrance(net::Loop& loop, Events& events) : loop_(loop), events_(events) {}
  ~SecureEntrance();

  // For who comes from now on.
  void follow(const SecureSetup& setup, std::size_t worker);
  bool is_in_use() const { return setup_.endpoint != nullptr; }

  // Requires: is_in_use(). May call back before returning, when it cannot watch the descriptor.
  void admit(net::Fd fd, net::ClientOrigin origin);
  void admit(net::TransportPtr transport, net::ClientOrigin origin);
  void close_all();

 private:
  struct Guest;
  void on_secured(tls::Handshake& handshake, net::TransportPtr transport,
                  std::unique_ptr<tls::Facts> facts) noexcept override;
  void on_handshake_failed(tls::Handshake& handshake,
                           const tls::HandshakeFailure& failure) noexcept override;
  net::ClientOrigin take_out(tls::Handshake& handshake);
  void refuse(const net::Address& client, const tls::HandshakeFailure& failure);

  net::Loop& loop_;
  Events& events_;
  SecureSetup setup_;
  tls::HandshakeCells* cells_ = nullptr;
  base::OwningList<tls::Handshake> guests_;  // the one that came first is in front
  std::size_t count_ = 0;
};

}  // namespace poise::server
