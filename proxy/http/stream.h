// The two shapes on which every protocol pair rests. A stream is one request and its response; on
// it, heads, bodies and ends flow forward through a MessageSink, credit and cancellation flow back
// through a MessageSource. A codec never learns what the other side speaks.
//
// Order: head (for responses any number of interim heads first), body*, end; or abort at any point,
// once, and then nothing. `body` hands a view that is valid during the call.
// Credit: a source may have at most kWindow bytes delivered and not consumed; the last sink calls
// consumed(n) when n bytes have left it. Memory a stream is bounded by that.
// Re-entrancy, one rule: consumed and cancel never call forward. They mark, and the source goes on
// from its own read loop; so no stack grows with the body. Forward calls may call back before
// returning, and may end the stream.
#pragma once

#include <cstdint>

#include "proxy/base/bytes.h"
#include "proxy/base/deferred.h"
#include "proxy/base/error.h"
#include "proxy/http/forwarded.h"
#include "proxy/http/message.h"
#include "proxy/net/client_origin.h"

namespace poise::tls {
struct Facts;
}

namespace poise::http {

inline constexpr std::size_t kWindow = 128 * 1024;

template <class Head>
class MessageSink {
 public:
  // A response head's views are valid only during the call; a request head owns its text and may be
  // moved from.
  virtual void head(Head& head) noexcept = 0;
  virtual void body(base::Bytes bytes) noexcept = 0;
  virtual void end(const Fields& trailers) noexcept = 0;
  virtual void abort(const base::Error& error) noexcept = 0;

 protected:
  ~MessageSink() = default;
};

class MessageSource {
 public:
  virtual void consumed(std::size_t bytes) noexcept = 0;
  // Nothing comes forward after this. Valid until the stream ended; then it must not be called.
  virtual void cancel(const base::Error& error) noexcept = 0;

 protected:
  ~MessageSource() = default;
};

// A request from a client. Owned by its connection; ends when its response and its request ended,
// or with an abort. The request is delivered to the connection's StreamHandler.
class InboundStream : public MessageSource {
 public:
  // Where the response goes. `source` hears of its credit and lives until the response ended.
  virtual MessageSink<ResponseHead>& respond(MessageSource& source) noexcept = 0;
  // Who called; lives as long as the stream.
  virtual const ForwardedPeer& peer() const noexcept = 0;
  // When the connection was accepted, and which of its requests this is, from 1.
  virtual base::MonotonicTime accepted() const noexcept = 0;
  virtual std::uint32_t number() const noexcept = 0;
  // What a trusted proxy in front said of the connection, or nullptr; and the address of ours, or
  // of that proxy's, to which the client connected, which may cost a system call.
  virtual const net::ProxyHeader* proxy_header() const noexcept = 0;
  virtual net::Address called() const noexcept = 0;
  // When the first byte of this request arrived.
  virtual base::MonotonicTime started() const noexcept = 0;
  virtual Version version() const noexcept = 0;
  // What the connection's TLS came to; nullptr: it has none.
  virtual const tls::Facts* tls() const noexcept { return nullptr; }
  // Of the handshake, for the first request behind it; else -1, as nobody waited.
  virtual base::Duration tls_time() const noexcept { return base::Duration(-1); }
  // Bytes received and sent on the wire for this stream so far.
  virtual base::ByteCount bytes_in() const noexcept = 0;
  virtual base::ByteCount bytes_out() const noexcept = 0;

 protected:
  ~InboundStream() = default;
};

// Whoever answers one request: the exchange, a fixed reply, the admin. Owned by its inbound stream.
// Its `abort` is the last call it gets; otherwise `finished` is, when the response has left for the
// kernel and the request was read to its end (or given up).
class StreamHandler : public MessageSink<RequestHead>, public base::Deferred {
 public:
  virtual void finished() noexcept = 0;
};

// A request to a backend, leased from a pool.
class OutboundStream : public MessageSource {
 public:
  // `responses` takes the response; `source` hears of the request body's credit. Both live until
  // the response ended, was aborted, or the stream was cancelled.
  virtual MessageSink<RequestHead>& start(MessageSink<ResponseHead>& responses,
                                          MessageSource& source) noexcept = 0;
  // True when the connection carried a request before this one.
  virtual bool reused() const noexcept = 0;

 protected:
  ~OutboundStream() = default;
};

}  // namespace poise::http
