// Timers of one worker: a hashed wheel of 16 ms slots, moved by advance_to(now). Setting, moving
// and cancelling cost O(1); moving a deadline later is one store (the wheel looks again when the
// old slot comes up). A timer never fires early and at most one slot late. No clock is read here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "proxy/base/clock.h"
#include "proxy/base/link.h"

namespace poise::base {

class TimerQueue;

// Owned by whoever waits; destroying it cancels it. Fires once, then must be armed again.
class Timer : public Link<Timer> {
 public:
  using Callback = void (*)(void* owner);

  template <class Owner, void (Owner::*Method)()>
  static Timer calling(Owner* owner) {
    return Timer(owner, [](void* self) { (static_cast<Owner*>(self)->*Method)(); });
  }

  bool is_armed() const { return is_linked(); }
  MonotonicTime deadline() const { return deadline_; }
  void cancel() { unlink(); }

 private:
  friend class TimerQueue;
  Timer(void* owner, Callback callback) : owner_(owner), callback_(callback) {}

  void* owner_;
  Callback callback_;
  MonotonicTime deadline_{};
  std::int64_t tick_ = 0;  // where in the wheel it hangs: at or before its deadline
};

class TimerQueue {
 public:
  explicit TimerQueue(MonotonicTime now) : tick_(tick_of(now)) {}

  void arm(Timer& timer, MonotonicTime deadline);

  // Fires everything due. Callbacks may arm, cancel and destroy timers, their own included.
  void advance_to(MonotonicTime now);

  // When advance_to should be called next; nullopt when nothing is armed. May be early, never late.
  std::optional<MonotonicTime> next_wakeup();

 private:
  static constexpr std::int64_t kSlots = 1024;
  static constexpr Duration kTick = std::chrono::milliseconds(16);
  static std::int64_t tick_of(MonotonicTime time) { return time.time_since_epoch() / kTick; }

  void hang(Timer& timer, std::int64_t tick);
  void run_slot(std::int64_t slot, MonotonicTime now);

  std::array<List<Timer>, kSlots> slots_;
  std::array<std::uint64_t, kSlots / 64> occupied_{};
  std::int64_t tick_;  // everything at or before this one was looked at
};

}  // namespace poise::base
