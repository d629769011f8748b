// A backend as health sees it from outside: where its fitness is told, and where its traffic and
// health are counted. Implemented by whoever keeps what outlives a configuration; called on the
// control loop only.
#pragma once

#include <array>
#include <cstdint>

#include "health/outliers.h"
#include "health/probe.h"
#include "health/traffic_window.h"
#include "proxy/base/counters.h"

namespace poise::health {

// All false: fit.
struct Fitness {
  bool down = false;       // probes say so
  bool unknown = false;    // not probed yet, and to be taken for unfit until then
  bool ejected = false;    // its traffic says so
  bool probation = false;  // back from an ejection; fit, for little traffic

  bool operator==(const Fitness&) const = default;
};

// What changed, as the metric's label `to` has it.
enum class Turn : std::uint8_t { up, down, ejected, probation, trusted };
inline constexpr int kTurns = static_cast<int>(Turn::trusted) + 1;
std::string_view to_text(Turn turn);

// By interface.md's metric names: poise_backend_health_checks_total, _transitions_total and
// _ejections_total. Written on the control loop.
struct HealthCells {
  std::array<base::Cell, kFindings> checks;
  std::array<base::Cell, kTurns> transitions;
  std::array<base::Cell, kEjectReasons> ejections;
};

class Subject {
 public:
  virtual ~Subject() = default;

  virtual void set_fitness(Fitness fitness) = 0;
  // Takes nothing new, by somebody else's word.
  virtual bool is_draining() const = 0;
  // How many failures in a row the monitor wants to hear of at once; 0: none.
  virtual void set_failure_limit(std::uint32_t limit) = 0;
  virtual std::uint32_t failures_in_a_row() const = 0;
  virtual void forget_failures() = 0;
  // Sums over all workers.
  virtual std::uint32_t passed() const = 0;
  virtual TrafficCounts traffic() const = 0;
  virtual HealthCells& cells() = 0;
};

}  // namespace poise::health
