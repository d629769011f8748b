// One backend's standing with passive health: in service, ejected for a time, or back on probation.
// Each ejection lasts twice as long as the one before, up to a limit; a calm stretch as long as the
// last ejection takes one doubling back. Pure.
#pragma once

#include <cstdint>

#include "health/health_config.h"

namespace poise::health {

class Ejection {
 public:
  enum class State : std::uint8_t { in_service, ejected, probation };
  // All it knows.
  struct Memory {
    State state = State::in_service;
    std::uint32_t times = 0;
    base::MonotonicTime since{};
    base::MonotonicTime until{};
  };

  Ejection() = default;
  explicit Ejection(const Memory& memory)
      : state_(memory.state), times_(memory.times), since_(memory.since), until_(memory.until) {}
  Memory memory() const { return {state_, times_, since_, until_}; }

  State state() const { return state_; }
  bool is_ejected() const { return state_ == State::ejected; }
  bool is_on_probation() const { return state_ == State::probation; }
  // How often lately; 1 for the first time.
  std::uint32_t times() const { return times_; }
  base::MonotonicTime since() const { return since_; }

  // For how long. Requires: not ejected.
  base::Duration eject(const PassiveConfig& config, base::MonotonicTime now);
  bool is_over(base::MonotonicTime now) const { return is_ejected() && now >= until_; }
  // Back, but watched. Requires: ejected.
  void release(base::MonotonicTime now);
  // Trusted again. Requires: on probation.
  void trust();

 private:
  static base::Duration length(const PassiveConfig& config, std::uint32_t times);
  void forgive(const PassiveConfig& config, base::MonotonicTime now);

  State state_ = State::in_service;
  std::uint32_t times_ = 0;
  base::MonotonicTime since_{};  // of the state; with in_service: since the last ejection ended
  base::MonotonicTime until_{};
};

}  // namespace poise::health
