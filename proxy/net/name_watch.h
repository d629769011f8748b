// Follows one name: asks the resolver, keeps the last good answer, asks again in time, and tells
// its owner when the endpoints changed. What to believe and when to ask is WatchState's; this does
// it and writes the log. On the resolver's loop; owned by whoever follows the name.
#pragma once

#include <functional>
#include <memory>

#include "proxy/base/random.h"
#include "proxy/base/timers.h"
#include "proxy/net/resolver.h"
#include "proxy/net/watch_state.h"

namespace poise::net {

class NameWatch {
 public:
  // `told` is called after each answer that changed the endpoints, and after the first of all; from
  // the loop, never from within the constructor. It may not destroy the watch.
  NameWatch(Resolver& resolver, Question question, WatchPolicy policy, std::uint64_t seed,
            std::function<void()> told);

  const Question& question() const { return question_; }
  const WatchState& state() const { return state_; }
  void set_policy(WatchPolicy policy) { state_.set_policy(policy); }

 private:
  void ask();
  void on_resolution(Resolution resolution);
  void log(WatchState::News news) const;

  Resolver& resolver_;
  Question question_;
  WatchState state_;
  base::Random random_;
  std::function<void()> told_;
  base::Timer timer_;
  std::unique_ptr<Lookup> lookup_;
};

}  // namespace poise::net
