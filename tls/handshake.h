// Leads one connection through its TLS handshake, as server or client, within a time limit, and
// hands on the secured transport with what was agreed, or says why there is none. Owned by whoever
// waits for it, who lets go of it (by Loop::defer) when told; on its loop's thread. Destroying it
// earlier closes the connection and tells nobody.
//
//   start ─► shaking ─► on_secured | on_handshake_failed      (server: also ─► lingering, so that
//                                                            the client can read why)
//
// How to use it for a backend: connect a socket; `begin(name, sessions)` of a ClientEndpoint makes
// the SSL; start_client(); in on_secured give the transport to H1Outbound, which
// calls set_events(), and keep the Facts.
#pragma once

#include <string>

#include "proxy/base/deferred.h"
#include "proxy/base/link.h"
#include "proxy/net/loop.h"
#include "tls/facts.h"
#include "tls/tls_transport.h"

namespace poise::tls {

// The label of poise_tls_handshakes_total.
enum class HandshakeResult : std::uint8_t {
  ok,
  timeout,       // not complete in time
  closed,        // the peer closed or reset
  plain_http,    // the client speaks HTTP without TLS
  incompatible,  // no version, cipher or protocol (ALPN) both know
  unknown_name,  // no certificate for the name asked for, and policy is to refuse
  certificate,   // the peer's certificate is missing or not to be trusted
  alert,         // the peer refused
  malformed,     // not TLS, or broken
  shed,          // too many handshakes at once
};
inline constexpr int kHandshakeResultCount = static_cast<int>(HandshakeResult::shed) + 1;
std::string_view to_text(HandshakeResult result);

struct HandshakeFailure {
  HandshakeResult result = HandshakeResult::malformed;
  int system = 0;      // errno, or 0
  std::string detail;  // for people: OpenSSL's words
  base::Duration took{0};
};

class ServerEndpoint;

// A server's SSL has it as app data for as long as the handshake lasts; OpenSSL's callbacks find it
// there.
struct Negotiation {
  std::shared_ptr<const ServerEndpoint> endpoint;
  bool name_unknown = false;
};

class Handshake : public base::Deferred,
                  public base::Link<Handshake>,
                  private net::TransportEvents {
 public:
  class Events {
   public:
    virtual void on_secured(Handshake& handshake, net::TransportPtr transport,
                            std::unique_ptr<Facts> facts) noexcept = 0;
    virtual void on_handshake_failed(Handshake& handshake,
                                     const HandshakeFailure& failure) noexcept = 0;

   protected:
    ~Events() = default;
  };

  Handshake(net::Loop& loop, Events& events);

  // Neither calls back before returning. `limit` 0: none.
  void start_server(net::TransportPtr below, std::shared_ptr<const ServerEndpoint> endpoint,
                    base::Duration limit);
  void start_client(net::TransportPtr below, SslPtr ssl, base::Duration limit);

  // Ends it now; calls on_handshake_failed() before returning.
  void cut(HandshakeResult why, const char* detail);

  base::MonotonicTime started() const { return started_; }

 private:
  enum class State : std::uint8_t { shaking, lingering, over };
  // A client's first word. A near and quick peer may have answered it by the time the call returns,
  // and that it is all over then is nothing to be told from within start_client().
  struct FirstWord final : net::Task {
    explicit FirstWord(Handshake& handshake) : owner(handshake) {}
    void run() override { owner.on_readable(); }
    Handshake& owner;
  };

  void on_readable() noexcept override;
  void on_writable(int) noexcept override {}
  void start(net::TransportPtr below, SslPtr ssl, base::Duration limit);
  void advance();
  void succeed();
  HandshakeFailure failure_now() const;
  void fail(HandshakeFailure failure);
  void linger();
  void discard();
  void on_timer();
  void finish();

  net::Loop& loop_;
  Events& events_;
  base::Timer timer_;
  net::TransportPtr owned_;
  TlsTransport* transport_ = nullptr;
  base::MonotonicTime started_{};
  HandshakeFailure failure_;
  Negotiation negotiation_;
  FirstWord first_word_{*this};
  State state_ = State::shaking;
  bool answers_plain_http_ = false;
};

}  // namespace poise::tls
