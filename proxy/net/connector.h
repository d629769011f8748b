// One attempt to connect, with its deadline. A greeting leaves before the connection is handed
// over, so that whatever is spoken on it comes behind. Destroying it cancels it. Reports exactly
// once, from the loop, never from within start().
#pragma once

#include <cerrno>
#include <string>
#include <string_view>

#include "proxy/net/address.h"
#include "proxy/net/loop.h"
#include "proxy/net/socket.h"

namespace poise::net {

class Connector final : private Socket::ConnectEvents, private Task {
 public:
  class Events {
   public:
    virtual void on_connected(TransportPtr transport) noexcept = 0;
    virtual void on_connect_failed(int error) noexcept = 0;  // ETIMEDOUT when the deadline passed

   protected:
    ~Events() = default;
  };

  Connector(Loop& loop, Events& events)
      : loop_(loop),
        events_(events),
        timer_(base::Timer::calling<Connector, &Connector::on_timeout>(this)) {}

  // `greeting` (a PROXY header) is small; empty: none.
  void start(const Address& address, base::Duration timeout, std::string_view greeting = {});

 private:
  void start_unix(const Address& address);
  void on_connect_done(int error) noexcept override;
  void on_timeout() { finish(ETIMEDOUT); }
  void run() override { finish(early_error_); }
  void finish(int error);
  int greet();

  Loop& loop_;
  Events& events_;
  base::Timer timer_;
  TransportPtr transport_;
  Fd unix_fd_;
  std::string greeting_;
  int early_error_ = 0;
};

}  // namespace poise::net
