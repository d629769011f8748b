// An HTTP/1 connection from a client: reads requests one after the other, gives each a
// StreamHandler, and writes the responses in order. At most one request is in work; what a
// pipelining client sends ahead stays in the kernel, apart from one read. Owned by its
// InboundOwner, on the worker's thread.
//
//   reading:  head ─► body ─► waiting ─► head …          (waiting: for the response to end)
//                       └─► tunnel (after a 101)         any ─► lingering ─► closed
#pragma once

#include <memory>
#include <vector>

#include "proxy/base/link.h"
#include "proxy/http/h1_body.h"
#include "proxy/http/h1_parser.h"
#include "proxy/http/h1_unread.h"
#include "proxy/http/h1_writer.h"
#include "proxy/http/stream.h"
#include "proxy/net/loop.h"
#include "proxy/net/outbox.h"
#include "proxy/net/socket.h"
#include "proxy/net/transport.h"
#include "tls/facts.h"

namespace poise::http {

class H1Inbound;

struct InboundSettings {
  LimitsConfig limits;
  TimeoutsConfig timeouts;
  std::vector<net::Network> trusted_proxies;
};

// The listener's side of the connection. Outlives it.
class InboundOwner {
 public:
  virtual std::unique_ptr<StreamHandler> make_handler(InboundStream& stream) noexcept = 0;
  // The connection is over and silent; to be unlinked and deferred.
  virtual void on_inbound_closed(H1Inbound& connection) noexcept = 0;
  virtual bool is_draining() const noexcept = 0;
  // For the next request; constant. When this names others, the owner calls follow_settings() on
  // its connections, and what a handler was made under lives as long as that handler.
  virtual const InboundSettings& inbound_settings() const noexcept = 0;

 protected:
  ~InboundOwner() = default;
};

class H1Inbound final : public base::Deferred,
                        public base::Link<H1Inbound>,
                        private net::TransportEvents,
                        private net::Task,
                        private InboundStream,
                        private MessageSink<ResponseHead> {
 public:
  // `owner` outlives the connection. False from open() when the descriptor could not be watched;
  // the connection is unusable then.
  H1Inbound(net::Loop& loop, InboundOwner& owner, net::ClientOrigin origin);
  ~H1Inbound() override;
  bool open(net::Fd fd);
  // The same for a connection that is secured already.
  void open(net::TransportPtr transport, std::unique_ptr<const tls::Facts> facts);

  bool is_idle() const { return reading_ == Reading::head && unread_.empty() && !handler_; }
  // The owner has other settings: they hold at once between requests, else from the next request.
  void follow_settings();
  // Drain: closes a client that has been idle for so long. One that sends before that still gets
  // its answer, with Connection: close.
  void close_when_idle(base::Duration grace = base::Duration(0));
  // Ends the connection now, whatever it is doing.
  void close_now(const base::Error& why);

 private:
  enum class Reading : std::uint8_t { head, body, waiting, tunnel, lingering, closed };
  enum class Responding : std::uint8_t { no_head, body, ended };

  // TransportEvents
  void on_readable() noexcept override;
  void on_writable(int error) noexcept override;
  // Task: what follows a callback
  void run() override;
  // InboundStream
  MessageSink<ResponseHead>& respond(MessageSource& source) noexcept override;
  const ForwardedPeer& peer() const noexcept override { return peer_; }
  const net::ProxyHeader* proxy_header() const noexcept override { return said_.get(); }
  net::Address called() const noexcept override;
  Version version() const noexcept override { return version_; }
  base::MonotonicTime accepted() const noexcept override { return accepted_; }
  std::uint32_t number() const noexcept override { return requests_; }
  const tls::Facts* tls() const noexcept override { return tls_.get(); }
  base::Duration tls_time() const noexcept override;
  base::MonotonicTime started() const noexcept override { return started_; }
  base::ByteCount bytes_in() const noexcept override { return bytes_in_; }
  base::ByteCount bytes_out() const noexcept override { return outbox_.sent() - sent_before_; }
  void consumed(std::size_t bytes) noexcept override;
  void cancel(const base::Error& error) noexcept override;
  // MessageSink<ResponseHead>
  void head(ResponseHead& head) noexcept override;
  void body(base::Bytes bytes) noexcept override;
  void end(const Fields& trailers) noexcept override;
  void abort(const base::Error& error) noexcept override;

  bool wants_bytes() const;
  std::size_t room() const;
  void take(base::Bytes received);
  void take_rest();
  std::size_t parse(base::Bytes input);
  std::size_t parse_steps(base::Bytes input);
  std::size_t parse_head(base::Bytes input);
  std::size_t parse_body(base::Bytes input);
  void begin_request(base::Bytes text);
  void deliver(base::Bytes bytes);
  void request_ended();
  void refuse(const base::Error& error);
  void fail_request(const base::Error& error);
  void on_end_of_input();
  void lose_client(int system_error);
  base::Phase phase_of_loss() const;

  ResponseForm form_of(const ResponseHead& head) const;
  void start_tunnel();
  void return_credit();
  void settle();
  void finish_stream();
  void next_request();
  void take_settings();
  void linger();
  void close();

  base::Duration limit_now() const;
  base::MonotonicTime deadline() const;
  void plan_timeout();
  void on_timer();
  void on_slow_reader();

  net::Loop& loop_;
  InboundOwner& owner_;
  const InboundSettings* settings_;
  net::TransportPtr transport_;
  std::unique_ptr<const tls::Facts> tls_;
  net::Outbox outbox_;
  std::unique_ptr<StreamHandler> handler_;
  MessageSource* response_source_ = nullptr;
  H1Unread unread_;
  H1Body body_reader_;
  base::Timer timer_;
  base::MonotonicTime accepted_{};
  base::MonotonicTime started_{};
  base::MonotonicTime last_progress_{};
  base::ByteCount bytes_in_ = 0;
  base::ByteCount sent_before_ = 0;
  base::ByteCount body_bytes_ = 0;
  std::size_t scanned_ = 0;
  std::size_t unconsumed_ = 0;  // request body delivered, credit not back yet
  std::size_t unreturned_ = 0;  // response body accepted, credit not given back yet
  std::size_t unacknowledged_ = 0;
  ForwardedPeer peer_;
  std::unique_ptr<const net::ProxyHeader> said_;  // by a proxy in front; null: nothing
  std::uint32_t requests_ = 0;
  Reading reading_ = Reading::head;
  Responding responding_ = Responding::no_head;
  Framing out_framing_ = Framing::none;
  Version version_ = Version::http_1_1;
  Method method_ = Method::get;
  Upgrade upgrade_ = Upgrade::none;
  std::uint8_t empty_lines_ = 0;
  bool in_chunk_ = false;
  bool must_close_ = false;
  bool output_ended_ = false;
  bool input_ended_ = false;
  bool tunnel_input_ended_ = false;
  bool request_cancelled_ = false;
};

}  // namespace poise::http
