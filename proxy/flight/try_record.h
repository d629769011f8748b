// One try of a request or session on one backend, as it is told afterwards: in the access log, by
// the flight recorder and as a span. Made only for tries that failed, for those after them, and for
// requests that are recorded or traced. Owns its text, so it outlives the configuration it ran
// under. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/base/clock.h"
#include "proxy/base/error.h"

namespace poise::flight {

// When candidates were looked at: to look before each pick would cost those requests that are fine.
enum class Moment : std::uint8_t {
  none,
  before_pick,  // of a retry, or of a pick that found nobody
  at_failure,
  at_end,
};
std::string_view to_text(Moment moment);

struct Candidate {
  std::string backend;
  std::string_view state;         // "up", "down", "ejected", …: a literal
  std::optional<double> score{};  // the lower, the likelier; none: its strategy keeps none
  std::uint32_t in_flight = 0;    // of this worker
  bool was_tried = false;         // by this request before, and so not to be picked
};

// Whom a pick could choose from.
struct Choice {
  static constexpr std::size_t kMostCandidates = 16;

  Moment moment = Moment::none;
  std::size_t backends = 0;             // of the pool; more than are listed, where it is large
  std::vector<Candidate> candidates{};  // the chosen one first, then those that follow it
};

struct TryRecord {
  std::string backend{};  // empty: nobody could be picked
  base::MonotonicTime picked{};
  base::MonotonicTime connecting{};  // here and below: zero when it did not come to that
  base::MonotonicTime leased{};
  base::MonotonicTime first_byte{};
  base::MonotonicTime ended{};
  base::Error error{};
  bool reused = false;
  Choice choice{};

  base::Duration time() const { return ended - picked; }
  // "ok" or the cause.
  std::string_view outcome() const { return error ? base::to_text(error.cause) : "ok"; }
};

}  // namespace poise::flight
