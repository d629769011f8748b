// An HTTP/1 connection to a backend: carries one request at a time and reads its response. Backends
// are no more trusted than clients: whatever is malformed, truncated or surplus ends the
// connection, and it is offered for another request only when the last one was sent whole and
// answered whole. Owned by its OutboundOwner (the pool), on the worker's thread.
#pragma once

#include <string>

#include "proxy/base/link.h"
#include "proxy/http/h1_body.h"
#include "proxy/http/h1_parser.h"
#include "proxy/http/h1_unread.h"
#include "proxy/http/stream.h"
#include "proxy/net/loop.h"
#include "proxy/net/outbox.h"
#include "proxy/net/transport.h"

namespace poise::http {

class H1Outbound;

class OutboundOwner {
 public:
  // The connection may carry another request.
  virtual void on_outbound_idle(H1Outbound& connection) noexcept = 0;
  // It is over and silent; to be unlinked and deferred. `was_idle`: the backend closed it between
  // requests.
  virtual void on_outbound_closed(H1Outbound& connection, bool was_idle) noexcept = 0;

 protected:
  ~OutboundOwner() = default;
};

class H1Outbound final : public base::Deferred,
                         public base::Link<H1Outbound>,
                         private net::TransportEvents,
                         private net::Task,
                         private OutboundStream,
                         private MessageSink<RequestHead> {
 public:
  // `greeting` is what the connection began with (a PROXY header); empty: nothing.
  H1Outbound(net::Loop& loop, OutboundOwner& owner, const ResponseLimits& limits,
             net::TransportPtr transport, std::string greeting = {});
  ~H1Outbound() override;

  // For one request. Requires: idle.
  OutboundStream& stream() { return *this; }
  // False when bytes or the end already wait on an idle connection; costs a system call.
  bool is_quiet() const { return transport_ != nullptr && transport_->is_quiet(); }
  // Closes an idle connection.
  void retire();
  // Ends it, whatever it is doing: the backend sees a reset, the request's sink an abort with this
  // cause and the phase it was in. True when there was a request.
  bool close_now(base::Cause cause, const char* detail);

  // The last response named a length but had no body (HEAD, 304): a backend that sends one all the
  // same sends it now, where it could pass for the next response.
  bool withheld_body() const { return withheld_body_; }

  // Whom the backend takes all that comes by this connection to come from.
  const std::string& greeting() const { return greeting_; }

  base::MonotonicTime opened_at() const { return opened_at_; }
  base::MonotonicTime idle_since() const { return idle_since_; }
  // What the backend promised in Keep-Alive; 0: nothing.
  base::Duration promised_idle() const { return promised_idle_; }

 private:
  enum class Reading : std::uint8_t { idle, head, body, tunnel, closed };

  // TransportEvents, Task
  void on_readable() noexcept override;
  void on_writable(int error) noexcept override;
  void run() override;
  // OutboundStream
  MessageSink<RequestHead>& start(MessageSink<ResponseHead>& responses,
                                  MessageSource& source) noexcept override;
  bool reused() const noexcept override { return requests_ > 1; }
  void consumed(std::size_t bytes) noexcept override;
  void cancel(const base::Error& error) noexcept override;
  // MessageSink<RequestHead>
  void head(RequestHead& head) noexcept override;
  void body(base::Bytes bytes) noexcept override;
  void end(const Fields& trailers) noexcept override;
  void abort(const base::Error& error) noexcept override;

  // Small pieces may be handled with the others of the loop's batch, where the caller can wait.
  enum class Handling : std::uint8_t { batched, at_once };

  std::size_t room() const;
  void read(Handling handling);
  void take(base::Bytes received);
  std::size_t parse(base::Bytes input);
  std::size_t parse_head(base::Bytes input);
  std::size_t parse_body(base::Bytes input);
  void begin_response(base::Bytes input, std::size_t length);
  void deliver(base::Bytes bytes);
  void response_ended(bool surplus);
  void on_end_of_input(int system_error);
  int lost_reset() const;
  void on_send_failed();
  void fail_send();
  void fail(base::Cause cause, const char* detail, int system_error = 0);
  base::Error error_of(base::Cause cause, const char* detail, int system_error) const;
  void return_credit();
  void forget_ended_tunnel();
  void settle_tunnel();
  void leave(bool was_idle);
  void close();

  net::Loop& loop_;
  OutboundOwner& owner_;
  const ResponseLimits& limits_;
  net::TransportPtr transport_;
  const std::string greeting_;
  net::Outbox outbox_;
  MessageSink<ResponseHead>* responses_ = nullptr;
  MessageSource* source_ = nullptr;
  H1Unread unread_;
  H1Body body_reader_;
  base::MonotonicTime opened_at_;
  base::MonotonicTime idle_since_;
  base::Duration promised_idle_{0};
  base::ByteCount sent_before_ = 0;
  std::size_t scanned_ = 0;
  std::size_t unconsumed_ = 0;  // response body delivered, credit not back yet
  std::size_t unreturned_ = 0;  // request body accepted, credit not given back yet
  std::uint32_t requests_ = 0;
  Reading reading_ = Reading::idle;
  Framing out_framing_ = Framing::none;
  Method method_ = Method::get;
  Upgrade upgrade_ = Upgrade::none;
  std::uint8_t interim_heads_ = 0;
  bool in_chunk_ = false;
  bool request_ended_ = false;
  bool response_began_ = false;
  bool response_ended_ = false;  // of a tunnel, whose request may go on
  bool output_ended_ = false;
  bool closes_ = false;
  bool withheld_body_ = false;
};

}  // namespace poise::http
