// How far the replacement of this process by a new executable has come, as a table: what each event
// leads to. Pure; upgrade.* does what it says.
#pragma once

#include <cstdint>
#include <optional>

namespace poise::server {

enum class UpgradePhase : std::uint8_t {
  none,         // this process is in charge
  starting,     // it still is, and waits for the new one to be ready
  handed_over,  // the new one is
};

enum class UpgradeEvent : std::uint8_t {
  asked,      // by a signal
  ready,      // the new process has everything it needs
  gone,       // it ended, or closed its end of the pipe
  too_late,   // it was not ready in time
  told_stop,  // this process is to stop
};

enum class UpgradeAction : std::uint8_t {
  nothing,
  start,      // the new executable
  refuse,     // and say why
  hand_over,  // and drain
  give_up,    // end the new process, say why, stay in charge
  note_end,   // of the new process, which is not this one's to replace any more
};

struct UpgradeStep {
  UpgradePhase next = UpgradePhase::none;
  UpgradeAction action = UpgradeAction::nothing;

  bool operator==(const UpgradeStep&) const = default;
};

constexpr UpgradeStep step_of(UpgradePhase phase, UpgradeEvent event) {
  using Phase = UpgradePhase;
  using Action = UpgradeAction;
  if (event == UpgradeEvent::asked) {
    return phase == Phase::none ? UpgradeStep{Phase::starting, Action::start}
                                : UpgradeStep{phase, Action::refuse};
  }
  switch (phase) {
    case Phase::none:
      return {phase, Action::nothing};
    case Phase::starting:
      return event == UpgradeEvent::ready ? UpgradeStep{Phase::handed_over, Action::hand_over}
                                          : UpgradeStep{Phase::none, Action::give_up};
    case Phase::handed_over:
      return {phase, event == UpgradeEvent::gone ? Action::note_end : Action::nothing};
  }
  return {phase, Action::nothing};
}

}  // namespace poise::server
