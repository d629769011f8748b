// Tells the supervisor that poise is alive, for as long as it is: the control loop turns, or nobody
// would say so, and every worker's loop has answered. Says nothing where nobody waits for it. Owned
// by the Server, on the control thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "proxy/net/loop.h"
#include "proxy/net/supervisor.h"

namespace poise::server {

class Watchdog {
 public:
  // Asks every worker to call `answer` from its own thread; how many there are.
  using Ask = std::function<std::size_t(const std::function<void()>& answer)>;

  // All outlive it.
  Watchdog(net::Loop& loop, const net::Supervisor& supervisor, Ask ask);

  void start();
  void stop() { timer_.cancel(); }

 private:
  struct Round {
    std::size_t left = 0;
  };
  void on_timer();
  void on_answer(Round& round);

  net::Loop& loop_;
  const net::Supervisor& supervisor_;
  Ask ask_;
  base::Timer timer_;
};

}  // namespace poise::server
