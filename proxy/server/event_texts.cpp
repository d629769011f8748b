#include "proxy/server/event_texts.h"

#include <nlohmann/json.hpp>

#include "proxy/base/log_clock.h"

namespace poise::server {
namespace {

using Json = nlohmann::ordered_json;

std::string line(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view word_of(conf::Change::Kind kind) {
  switch (kind) {
    case conf::Change::Kind::added:
      return "added";
    case conf::Change::Kind::removed:
      return "removed";
    case conf::Change::Kind::changed:
      break;
  }
  return "changed";
}

}  // namespace

std::string time_text(base::WallTime time) {
  base::LogClock clock;
  return std::string(clock.rfc3339(time));
}

std::string backend_event(const health::Transition& transition, base::WallTime at) {
  return line({{"at", time_text(at)},
               {"pool", std::string(transition.pool)},
               {"backend", std::string(transition.backend)},
               {"from", std::string(transition.from)},
               {"to", std::string(health::to_text(transition.to))},
               {"reason", std::string(transition.reason)},
               {"evidence", transition.evidence}});
}

std::string reload_event(const ReloadEvent& event, base::WallTime at) {
  const std::chrono::duration<double, std::milli> took = event.took;
  return line({{"at", time_text(at)},
               {"ok", event.ok},
               {"generation", event.generation},
               {"took_ms", took.count()},
               {"changes", event.changes},
               {"errors", event.errors}});
}

std::vector<std::string> lines_of(const std::vector<conf::Change>& changes) {
  std::vector<std::string> lines;
  for (const conf::Change& change : changes) {
    lines.push_back(change.what + " " + change.name + " " + std::string(word_of(change.kind)));
  }
  return lines;
}

std::string drain_event(const DrainEvent& event, base::WallTime at) {
  return line({{"at", time_text(at)},
               {"pool", std::string(event.pool)},
               {"backend", std::string(event.backend)},
               {"what", std::string(event.what)},
               {"streams", event.streams},
               {"sessions", event.sessions}});
}

}  // namespace poise::server
