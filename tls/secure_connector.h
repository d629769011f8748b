// One attempt to connect to a backend as its pool wants it: the connection, what it begins with,
// and TLS where that is asked for, all within one time limit. Without TLS it is net::Connector.
// Destroying it cancels it. Reports exactly once, from the loop, never from within start(); on the
// thread of its owner.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "proxy/net/connector.h"
#include "tls/client_endpoint.h"
#include "tls/handshake.h"

namespace poise::tls {

// Where to connect to, and how connections there begin. All it refers to outlives start().
struct ConnectTarget {
  const net::Address& address;
  std::string_view greeting{};               // before TLS; empty: none
  const ClientEndpoint* endpoint = nullptr;  // nullptr: no TLS
  std::string server_name{};                 // as ClientEndpoint::begin() takes it
  SessionSlot* session = nullptr;            // outlives the connection
};

struct ConnectFailure {
  int system = 0;       // errno, or 0
  bool in_tls = false;  // the connection was there; then the next two say what failed
  HandshakeResult result = HandshakeResult::malformed;
  std::string detail{};
};

class SecureConnector final : private net::Connector::Events, private Handshake::Events {
 public:
  class Events {
   public:
    virtual void on_connected(net::TransportPtr transport) noexcept = 0;
    virtual void on_connect_failed(const ConnectFailure& failure) noexcept = 0;

   protected:
    ~Events() = default;
  };

  SecureConnector(net::Loop& loop, Events& events);
  ~SecureConnector();

  // `timeout` 0: none.
  void start(const ConnectTarget& target, base::Duration timeout);
  // The connection is there, and TLS is being agreed upon.
  bool is_in_tls() const { return handshake_ != nullptr; }

 private:
  void on_connected(net::TransportPtr transport) noexcept override;
  void on_connect_failed(int error) noexcept override;
  void on_secured(Handshake& handshake, net::TransportPtr transport,
                  std::unique_ptr<Facts> facts) noexcept override;
  void on_handshake_failed(Handshake& handshake, const HandshakeFailure& failure) noexcept override;
  base::Duration time_left() const;

  net::Loop& loop_;
  Events& events_;
  net::Connector connector_;
  std::unique_ptr<Handshake> handshake_;
  SslPtr ssl_;
  base::MonotonicTime deadline_ = base::MonotonicTime::max();
};

}  // namespace poise::tls
