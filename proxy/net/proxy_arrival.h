// An accepted connection that is to begin with a PROXY header, until that was read. The bytes
// behind the header stay in the kernel, so that the descriptor then is like one that came without:
// TLS or HTTP need not know. Owned by the listener's side, on the worker's thread. Whose header may
// be believed is decided before: what comes here is trusted, but for what it does.
#pragma once

#include "proxy/base/deferred.h"
#include "proxy/base/error.h"
#include "proxy/base/link.h"
#include "proxy/net/client_origin.h"
#include "proxy/net/fd_watch.h"

namespace poise::net {

class ProxyArrival final : public base::Deferred,
                           public base::Link<ProxyArrival>,
                           private FdWatch::Events {
 public:
  // One call ends it; it is to be destroyed late then.
  class Events {
   public:
    virtual void on_arrived(ProxyArrival& arrival) noexcept = 0;
    virtual void on_arrival_failed(ProxyArrival& arrival, const base::Error& error) noexcept = 0;

   protected:
    ~Events() = default;
  };

  // `required`: refuses who comes without one; else such a connection arrives as it is, as does one
  // that says nothing in time.
  struct Rules {
    bool required = true;
    base::Duration timeout{0};  // 0: none
  };

  ProxyArrival(Loop& loop, Fd fd, const Address& peer, Rules rules, Events& events);

  // May call back before returning.
  void start();

  const Address& proxy() const { return proxy_; }
  // For on_arrived().
  ClientOrigin take_origin() { return std::move(origin_); }
  Fd take_fd() { return watch_.release(); }

 private:
  void on_fd_readable() noexcept override { look(); }
  void look();
  void judge(base::Bytes input);
  void wait();
  void wait_for_more();
  void on_timer();
  void arrive(std::size_t header_length);
  void fail(base::Cause cause, const char* detail, int system_error = 0);

  Loop& loop_;
  Address proxy_;
  Rules rules_;
  Events& events_;
  FdWatch watch_;
  base::Timer timer_;
  base::MonotonicTime deadline_;
  ClientOrigin origin_;
};

}  // namespace poise::net
