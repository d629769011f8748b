#include "proxy/server/upgrade_phase.h"

#include <catch2/catch.hpp>

using namespace poise::server;
using Phase = UpgradePhase;
using Event = UpgradeEvent;
using Action = UpgradeAction;

namespace {

struct Row {
  Phase phase;
  Event event;
  Phase next;
  Action action;
};

constexpr Row kRows[] = {
    {Phase::none, Event::asked, Phase::starting, Action::start},
    {Phase::none, Event::ready, Phase::none, Action::nothing},
    {Phase::none, Event::gone, Phase::none, Action::nothing},
    {Phase::none, Event::too_late, Phase::none, Action::nothing},
    {Phase::none, Event::told_stop, Phase::none, Action::nothing},
    {Phase::starting, Event::asked, Phase::starting, Action::refuse},
    {Phase::starting, Event::ready, Phase::handed_over, Action::hand_over},
    {Phase::starting, Event::gone, Phase::none, Action::give_up},
    {Phase::starting, Event::too_late, Phase::none, Action::give_up},
    {Phase::starting, Event::told_stop, Phase::none, Action::give_up},
    {Phase::handed_over, Event::asked, Phase::handed_over, Action::refuse},
    {Phase::handed_over, Event::ready, Phase::handed_over, Action::nothing},
    {Phase::handed_over, Event::gone, Phase::handed_over, Action::note_end},
    {Phase::handed_over, Event::too_late, Phase::handed_over, Action::nothing},
    {Phase::handed_over, Event::told_stop, Phase::handed_over, Action::nothing},
};

}  // namespace

TEST_CASE("an upgrade goes from phase to phase as the table says") {
  CHECK(std::size(kRows) == 15);
  for (const Row& row : kRows) {
    INFO(static_cast<int>(row.phase) << " " << static_cast<int>(row.event));
    CHECK(step_of(row.phase, row.event) == UpgradeStep{row.next, row.action});
  }
}
