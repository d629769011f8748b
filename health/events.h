// What health has to say to the world when something changes. Whoever shows it (the process's log,
// an event stream) implements Events; called on the control loop, at a human pace.
#pragma once

#include <string>
#include <string_view>

#include "health/subject.h"

namespace poise::health {

struct Transition {
  std::string_view pool{};
  std::string_view backend{};
  std::string_view from{};  // "unknown", "up" or "down"; "in_service", "ejected" or "probation"
  Turn to = Turn::up;
  std::string_view reason{};      // "probe", or the rule of its traffic, as EjectReason has it
  std::string evidence;           // which probe or rule, what it saw, how long
  base::Duration ejected_for{0};  // with Turn::ejected
};

class Events {
 public:
  virtual void on_transition(const Transition& transition) noexcept = 0;
  // There is a case against it, but the pool cannot do without it.
  virtual void on_spared(std::string_view pool, std::string_view backend,
                         std::string_view evidence) noexcept = 0;

 protected:
  ~Events() = default;
};

// The line an operator reads: "backend app/b1 ejected for 30 s: 5 failures in a row".
std::string line_of(const Transition& transition);

}  // namespace poise::health
