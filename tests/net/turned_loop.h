// A loop that a test turns by hand on its own thread, together with the peers of its connections;
// and its clock, which the test may move on, so that a timeout of minutes is over at once. Every
// loop of the test program has the same clock: it never goes back.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "proxy/net/loop.h"
#include "tests/net/bare_peer.h"

namespace poise::test {

class TurnedLoop {
 public:
  // Handles that are closing still need a turn.
  ~TurnedLoop() { settle(); }

  net::Loop& loop() { return loop_; }

  // The far end of a connection: reads after each turn, and lives as long as the loop.
  BarePeer& add_peer(net::Fd fd) {
    return *peers_.emplace_back(std::make_unique<BarePeer>(std::move(fd)));
  }

  void turn();
  // Turns until `condition` holds; false when it did not within a generous time.
  bool comes_true(const std::function<bool()>& condition);
  // Turns until nothing more can be under way: for what must not happen.
  void settle();
  // Moves the clock on, fires whatever is due then, and settles.
  void pass_time(base::Duration time);

  // All of it, if the peer's connection takes it; then settles.
  void send(BarePeer& peer, std::string_view bytes);

 private:
  net::Loop loop_;
  std::vector<std::unique_ptr<BarePeer>> peers_;
};

}  // namespace poise::test
