// One TCP client's session: route by its address (and by its ClientHello, where TLS passes
// through), dial a backend, relay until both sides ended, then count it and log it once. Owned by
// its TcpSessionOwner, on the worker's thread.
//
//   opening ─► (greeting) ─► dialing ─► relaying ─► closed        (any ─► closed)
//
// Causes beside those of the dial: no_route and denied (phase accept, or tls behind a ClientHello);
// request_malformed, header_timeout and client_gone (phase tls) instead of one; client_gone and
// response_reset (phase tunnel) when that side reset or vanished; request_timeout (phase tunnel)
// when no byte moved either way for the idle timeout, as then nobody asks for anything. Every end
// with a cause is a reset for both peers, never an orderly end that could pass for a complete
// answer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/base/deferred.h"
#include "proxy/base/free_list.h"
#include "proxy/base/link.h"
#include "proxy/exchange/access_record.h"
#include "proxy/l4/backend_slot.h"
#include "proxy/l4/dial.h"
#include "proxy/l4/hello_reader.h"
#include "proxy/l4/relay.h"
#include "proxy/l4/tcp_service.h"
#include "proxy/net/client_origin.h"
#include "tls/facts.h"

namespace poise::l4 {

class TcpSession;

// The listener's side of a session. Outlives it.
class TcpSessionOwner {
 public:
  // The session is over, logged and silent; to be unlinked and deferred.
  virtual void on_session_closed(TcpSession& session) noexcept = 0;

 protected:
  ~TcpSessionOwner() = default;
};

class TcpSession final : public base::Pooled<TcpSession>,
                         public base::Deferred,
                         public base::Link<TcpSession>,
                         private HelloReader::Events,
                         private Dial::Events,
                         private Relay::Events {
 public:
  // `owner` outlives the session, which keeps the service. Destroying it before its end closes both
  // sides without a word.
  TcpSession(TcpService& service, TcpSessionOwner& owner);
  ~TcpSession() override;

  // Once, when the owner holds it. May call on_session_closed() before returning.
  void open(net::Fd fd, net::ClientOrigin origin);
  // The same for a connection that is secured already.
  void open(net::TransportPtr transport, std::unique_ptr<const tls::Facts> facts,
            net::ClientOrigin origin);

  // Ends the session, whatever it is doing; both peers see a reset. Requires: `why` has a cause.
  void close_now(const base::Error& why);

  // It is connected there, or connects.
  bool is_at(const pool::BackendRecord& backend) const {
    return slot_.is_at(backend) || (dial_ != nullptr && dial_->is_at(backend));
  }

 private:
  enum class State : std::uint8_t { opening, greeting, dialing, relaying, closed };

  void on_hello() noexcept override;
  void on_no_hello(const base::Error& error) noexcept override;
  void begin(net::Fd fd);
  void route();
  void refuse(base::Cause cause, const char* detail, TlsAlert alert);
  void dial();
  std::string greeting() const;
  const pool::RetryConfig& retry_config() const;
  void on_dialed(net::TransportPtr backend) noexcept override;
  void on_dial_failed(const base::Error& error) noexcept override;
  void on_relay_ended(const base::Error& error) noexcept override;
  void keep_tries();
  void end(const base::Error& error);

  base::Phase phase() const;
  void count_bytes() noexcept;
  void on_relay_moved() noexcept override { count_bytes(); }
  void account(const base::Error& error);
  bool is_recorded(const base::Error& error) const;
  void complete_tries(const base::Error& error);
  void record(const base::Error& error);
  void write_log(const base::Error& error, base::Duration total);

  const base::Ref<TcpService> kept_service_;  // let go of last: all else leads into it
  TcpService& service_;
  TcpSessionOwner& owner_;
  const exchange::RoutePlan* route_ = nullptr;
  std::size_t row_;  // of its cells
  pool::BackendGroup* group_ = nullptr;
  std::unique_ptr<HelloReader> hello_;  // only while greeting
  std::unique_ptr<Dial> dial_;          // only while dialing
  BackendSlot slot_;                    // only while relaying
  Relay relay_;
  net::ClientOrigin origin_;
  std::string client_;
  std::unique_ptr<const tls::Facts> tls_;
  std::string server_name_;   // that the client asked for
  base::Buffer first_bytes_;  // read of the client, not sent yet
  std::uint64_t id_;
  std::string_view backend_;  // tried last
  std::vector<flight::TryRecord> made_tries_;
  base::ByteCount counted_in_ = 0;  // in the listener's cells
  base::ByteCount counted_out_ = 0;
  base::MonotonicTime accepted_;
  base::MonotonicTime picked_{};
  base::MonotonicTime connected_{};
  State state_ = State::opening;
  bool is_silent_ = false;  // ends without a trace
};

}  // namespace poise::l4
