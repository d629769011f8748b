#include "proxy/flight/flight_record.h"

#include <algorithm>

namespace poise::flight {

void keep_tries(FlightRecord& record, const std::vector<TryRecord>& tries) {
  record.tries_made = tries.size();
  const std::size_t count = std::min(tries.size(), kMostTries);
  record.tries.assign(tries.begin(), tries.begin() + static_cast<std::ptrdiff_t>(count));
  if (count < tries.size()) record.tries.back() = tries.back();
}

bool fits(const FlightRecord& record, const Query& query) {
  if (query.cause == "slow"
          ? record.kind != Kind::slow
          : !query.cause.empty() && query.cause != base::to_text(record.error.cause)) {
    return false;
  }
  if (query.backend.empty()) return true;
  return std::any_of(record.tries.begin(), record.tries.end(),
                     [&](const TryRecord& made) { return made.backend == query.backend; });
}

}  // namespace poise::flight
