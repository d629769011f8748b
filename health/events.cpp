#include "health/events.h"

#include <array>

#include "health/evidence.h"

namespace poise::health {

std::string_view to_text(Turn turn) {
  constexpr std::array<std::string_view, kTurns> kWords{"up", "down", "ejected", "probation",
                                                        "trusted"};
  return kWords[static_cast<std::size_t>(turn)];
}

std::string line_of(const Transition& transition) {
  std::string line = "backend ";
  line.append(transition.pool).append("/").append(transition.backend).append(" ");
  switch (transition.to) {
    case Turn::ejected:
      line += "ejected for " + text_of(transition.ejected_for);
      break;
    case Turn::probation:
      line += "back on probation";
      break;
    case Turn::trusted:
      line += "back in service";
      break;
    case Turn::up:
    case Turn::down:
      line += to_text(transition.to);
      break;
  }
  return line + ": " + transition.evidence;
}

}  // namespace poise::health
