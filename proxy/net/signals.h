// Signals as callbacks on a loop. Owned by whoever handles them, on that loop's thread.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <vector>

#include "proxy/net/loop.h"

namespace poise::net {

class Signals {
 public:
  explicit Signals(Loop& loop) : loop_(loop) {}
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  void on(int number, std::function<void()> action);

 private:
  struct Watch;
  Loop& loop_;
  std::vector<Watch*> watches_;
};

// A peer that closes while we send is an error of that send, never a signal to the process.
void ignore_broken_pipes();

}  // namespace poise::net
