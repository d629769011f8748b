#include "proxy/flight/record_json.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "proxy/base/log_clock.h"
#include "proxy/flight/timeline.h"

namespace poise::flight {
namespace {

using Json = nlohmann::ordered_json;

double milliseconds(base::Duration time) {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) /
         1000;
}

std::string hexadecimal(std::uint64_t number) {
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; number >>= 4)
    text[i] = "0123456789abcdef"[number & 15];
  return text;
}

Json json_of(const Candidate& candidate, bool chosen) {
  return {{"name", candidate.backend},
          {"state", std::string(candidate.state)},
          {"score", candidate.score ? Json(*candidate.score) : Json(nullptr)},
          {"chosen", chosen},
          {"in_flight", candidate.in_flight},
          {"tried_before", candidate.was_tried}};
}

Json json_of(const TryRecord& made) {
  Json candidates = Json::array();
  for (const Candidate& candidate : made.choice.candidates) {
    candidates.push_back(json_of(candidate, candidate.backend == made.backend));
  }
  return {{"backend", made.backend},
          {"ms", milliseconds(made.time())},
          {"outcome", std::string(made.outcome())},
          {"reused", made.reused},
          {"candidates_seen", std::string(to_text(made.choice.moment))},
          {"candidates_total", made.choice.backends},
          {"candidates", std::move(candidates)}};
}

Json json_of(const Step& step) {
  return {{"at_ms", milliseconds(step.at)}, {"what", step.what}, {"detail", step.detail}};
}

void add_end(Json& object, const FlightRecord& record) {
  object["status"] = record.status;
  object["cause"] = std::string(base::to_text(record.error.cause));
  object["phase"] = std::string(base::to_text(record.error.phase));
  object["errno"] = record.error.system;
  object["error"] = error_text(record.error);
  object["duration_ms"] = milliseconds(record.duration());
}

Json json_of(const FlightRecord& record) {
  base::LogClock clock;
  Json object{{"id", hexadecimal(record.id)},
              {"trace_id", record.trace_id},
              {"at", std::string(clock.rfc3339(record.at))},
              {"kind", record.kind == Kind::failed ? "failed" : "slow"},
              {"proto", record.is_session ? "tcp" : "http"},
              {"listener", record.listener},
              {"route", record.route},
              {"pool", record.pool},
              {"backend", record.backend},
              {"client", record.client},
              {"method", record.method},
              {"host", record.host},
              {"path", record.path}};
  add_end(object, record);
  object["timeline"] = Json::array();
  for (const Step& step : timeline_of(record)) object["timeline"].push_back(json_of(step));
  object["tries"] = record.tries_made;
  object["attempts"] = Json::array();
  for (const TryRecord& made : record.tries) object["attempts"].push_back(json_of(made));
  return object;
}

}  // namespace

std::string records_json(std::span<const RecordPtr> records, std::size_t silent_workers) {
  Json list = Json::array();
  for (const RecordPtr& record : records) list.push_back(json_of(*record));
  Json answer{{"failures", std::move(list)}};
  if (silent_workers > 0) answer["silent_workers"] = silent_workers;
  // What clients send need not be UTF-8.
  return answer.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace poise::flight
