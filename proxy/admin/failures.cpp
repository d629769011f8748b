#include "proxy/admin/failures.h"

#include <charconv>
#include <string>

#include "proxy/base/error.h"
#include "proxy/flight/record_json.h"

namespace poise::admin {
namespace {

constexpr std::size_t kMostLimit = 1000;

bool is_cause(const std::string& word) {
  for (int cause = 1; cause < base::kCauseCount; ++cause) {
    if (word == base::to_text(static_cast<base::Cause>(cause))) return true;
  }
  return word == "slow";
}

// From 1 to kMostLimit.
bool read_limit(const std::string& text, std::size_t& limit) {
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, limit);
  return error == std::errc() && at == end && limit >= 1 && limit <= kMostLimit;
}

}  // namespace

void tell_failures(Facilities& facilities, const Request& request, Reply reply) {
  flight::Query query;
  query.cause = request.query("cause").value_or("");
  query.backend = request.query("backend").value_or("");
  if (!query.cause.empty() && !is_cause(query.cause)) {
    return reply.error(400, "'cause' is no cause: docs/logging.md lists them; or 'slow'");
  }
  const std::string limit = request.query("limit").value_or("");
  if (!limit.empty() && !read_limit(limit, query.limit)) {
    return reply.error(400, "'limit' must be a number from 1 to 1000");
  }
  facilities.server.search_flights(std::move(query), [reply](server::FoundFlights found) {
    reply.json(flight::records_json(found.records, found.silent_workers));
  });
}

}  // namespace poise::admin
