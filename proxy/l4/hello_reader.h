// Reads a client's ClientHello and keeps its bytes, until it is known whom they are for. Part of a
// session, on the worker's thread; gone as soon as the session dials.
#pragma once

#include <string>
#include <string_view>

#include "proxy/base/buffer.h"
#include "proxy/base/deferred.h"
#include "proxy/base/error.h"
#include "proxy/l4/client_hello.h"
#include "proxy/net/fd_watch.h"

namespace poise::l4 {

class HelloReader final : public base::Deferred, private net::FdWatch::Events {
 public:
  // One call ends the reading.
  class Events {
   public:
    virtual void on_hello() noexcept = 0;
    // The client was told what TLS has words for.
    virtual void on_no_hello(const base::Error& error) noexcept = 0;

   protected:
    ~Events() = default;
  };

  // `timeout`: for the whole of it; 0: none.
  HelloReader(net::Loop& loop, net::Fd fd, base::Duration timeout, Events& events);

  // May call back before returning.
  void start();

  const ClientHello& hello() const { return parser_.hello(); }
  // False when the client has not sent a single byte.
  bool has_bytes() const { return !bytes_.empty(); }
  // For on_hello(): all that was read, and where the rest comes from.
  base::Buffer take_bytes() { return std::move(bytes_); }
  net::Fd take_fd() { return watch_.release(); }

  // The client's socket as an address of ours.
  int fd() const { return watch_.fd(); }
  // Tells a client, as TLS would, that nothing comes of it. Closing is the owner's.
  void refuse(TlsAlert alert);

 private:
  void on_fd_readable() noexcept override { read(); }
  void read();
  void on_timeout();
  void stop();
  void fail(base::Cause cause, const char* detail, int system_error = 0);

  net::Loop& loop_;
  base::Duration timeout_;
  Events& events_;
  net::FdWatch watch_;
  base::Timer timer_;
  ClientHelloParser parser_;
  base::Buffer bytes_;
};

}  // namespace poise::l4
