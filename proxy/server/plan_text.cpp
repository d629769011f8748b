#include "proxy/server/plan_text.h"

#include "conf/changes.h"
#include "proxy/server/event_texts.h"

namespace poise::server {
namespace {

using conf::Change;

std::uint64_t streams_at(const pool::BackendRecord& backend) {
  std::uint64_t streams = 0;
  backend.cells.for_each(
      [&](const pool::BackendCells& cells) { streams += cells.in_flight.read(); });
  return streams;
}

// Of one backend of the pool, or of all where the name is empty.
std::uint64_t streams_in(const Snapshot& now, const std::string& pool, const std::string& backend) {
  std::uint64_t streams = 0;
  for (const auto& plan : now.pools) {
    if (plan->config.name != pool) continue;
    for (const auto& record : plan->backend_records) {
      if (backend.empty() || record->name == backend) streams += streams_at(*record);
    }
  }
  return streams;
}

// What runs on what is removed, and goes on as it began.
std::string concerned(const Snapshot& now, const Change& change) {
  if (change.kind != Change::Kind::removed) return {};
  std::uint64_t streams = 0;
  if (change.what == "backend") {
    streams = streams_in(now, change.owner, change.item);
  } else if (change.what == "pool") {
    streams = streams_in(now, change.item, {});
  } else {
    return {};
  }
  if (streams == 0) return ": no stream runs there";
  return ": " + std::to_string(streams) + (streams == 1 ? " stream ends" : " streams end") +
         " there as begun";
}

}  // namespace

std::vector<std::string> plan_lines(const Snapshot& now, const conf::Config& next) {
  const std::vector<Change> changes = conf::changes_between(now.config, next);
  std::vector<std::string> lines = lines_of(changes);
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i] += concerned(now, changes[i]);
  return lines;
}

}  // namespace poise::server
