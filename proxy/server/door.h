// One worker's side of one listener: its sockets, and the connections that came in by them. When a
// limit is reached it stops accepting, so that further clients wait in the kernel's queue, and goes
// on when there is room. HttpDoor and TcpDoor say what a connection is. Owned by its worker.
#pragma once

#include <memory>
#include <vector>

#include "proxy/base/counters.h"
#include "proxy/net/listener.h"
#include "proxy/net/loop.h"
#include "proxy/server/connection_limit.h"

namespace poise::server {

class Door : private net::Listener::Events {
 public:
  // Told when the last connection of a draining door is gone.
  class Events {
   public:
    virtual void on_door_empty() noexcept = 0;

   protected:
    ~Events() = default;
  };
  // Of the listener and of the process; both outlive the door.
  struct Limits {
    ConnectionLimit& listener;
    ConnectionLimit& process;
  };

  Door(net::Loop& loop, Limits limits, Events& events);
  virtual ~Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  void listen(net::Fd fd);
  // Takes what is queued, then accepts no more.
  void begin_drain();
  // Those that have been idle for so long.
  virtual void close_idle(base::Duration grace) = 0;
  virtual void close_all() = 0;

  bool is_draining_now() const { return draining_; }
  bool is_empty() const { return open_.read() == 0; }

 protected:
  virtual void admit(net::Fd fd, const net::Address& peer) = 0;
  // admit() kept no connection, or one it kept is gone.
  void on_connection_gone();

  net::Loop& loop_;

 private:
  void on_accepted(net::Fd fd, const net::Address& peer) noexcept override;
  void on_accept_failed(int error) noexcept override;
  bool is_full() const { return limits_.listener.is_full() || limits_.process.is_full(); }
  void look_for_room();

  Limits limits_;
  Events& events_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  base::Timer room_check_;
  base::Cell open_;
  base::Cell accepted_;
  bool draining_ = false;
  bool paused_ = false;
};

}  // namespace poise::server
