// Waits until a descriptor that is nobody's socket yet has something to read. Whoever takes the
// descriptor afterwards finds it as a fresh one. Its owner reads; on one loop's thread.
#pragma once

#include <uv.h>

#include "proxy/net/fd.h"
#include "proxy/net/loop.h"

namespace poise::net {

class FdWatch {
 public:
  class Events {
   public:
    // May release or destroy the watch.
    virtual void on_fd_readable() noexcept = 0;

   protected:
    ~Events() = default;
  };

  FdWatch(Loop& loop, Fd fd, Events& events);
  ~FdWatch() { (void)release(); }
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;

  int fd() const { return fd_.get(); }
  // False when it cannot be watched.
  bool start();
  void pause();
  Fd release();

 private:
  struct Watch;
  void on_ready();

  Loop& loop_;
  Fd fd_;
  Events& events_;
  Watch* watch_ = nullptr;
};

}  // namespace poise::net
