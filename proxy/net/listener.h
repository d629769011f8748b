// A listening socket of one worker: accepts and hands out bare descriptors. When the process has no
// descriptor left it waits a moment and tries again, so that nothing spins and queued clients stay
// queued. Owned by its worker, on its loop.
#pragma once

#include <uv.h>

#include <memory>

#include "proxy/base/result.h"
#include "proxy/net/address.h"
#include "proxy/net/fd.h"
#include "proxy/net/loop.h"

namespace poise::net {

// Several sockets may be bound to the same IP address and port (SO_REUSEPORT). The error is an
// errno. `bound` is where it really is: port 0 has been replaced.
struct BoundSocket {
  Fd fd;
  Address bound;
};
base::Result<BoundSocket, int> bind_to(const Address& address);
// From now on the kernel queues clients in it. 0, or an errno.
int start_listening(int fd);
// Both at once.
base::Result<BoundSocket, int> listen_on(const Address& address);

// Whether somebody listens there already; ask before the first listen_on().
bool is_taken(const Address& address);

class Listener {
 public:
  class Events {
   public:
    virtual void on_accepted(Fd fd, const Address& peer) noexcept = 0;
    virtual void on_accept_failed(int error) noexcept = 0;  // out of descriptors or memory

   protected:
    ~Events() = default;
  };

  Listener(Loop& loop, Fd fd, Events& events);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void start();
  // Stops watching; clients queue in the kernel until start().
  void pause();
  // Accepts everything that is queued already, then closes the socket.
  void drain();
  // Gives the socket away, with the clients queued in it. Nothing is left to listen to.
  Fd release();

 private:
  struct Watch;
  enum class Accepted : bool { all_queued, some };
  Accepted accept_up_to(int count);
  void on_ready();
  void close();

  Loop& loop_;
  Fd fd_;
  Events& events_;
  base::Timer retry_;
  Watch* watch_ = nullptr;
  bool paused_ = false;
};

}  // namespace poise::net
