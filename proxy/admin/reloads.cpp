#include "proxy/admin/reloads.h"

#include <nlohmann/json.hpp>

#include "conf/reader/quantities.h"

namespace poise::admin {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json errors_of(const server::ReloadReport& report) {
  Json errors = Json::array();
  for (const server::ReloadFault& fault : report.errors) {
    Json error = {{"message", fault.message}};
    if (fault.line > 0) {
      error["file"] = fault.file;
      error["line"] = fault.line;
      error["column"] = fault.column;
    }
    errors.push_back(std::move(error));
  }
  return errors;
}

void answer(const server::ReloadReport& report, const Reply& reply) {
  Json json = {{"ok", report.ok}, {"generation", report.generation}};
  if (report.ok) {
    json["changes"] = report.changes;
  } else {
    json["errors"] = errors_of(report);
  }
  reply.json(text_of(json), report.ok ? 200 : 422);
}

}  // namespace

void order_reload(Facilities& facilities, const Request& request, Reply reply) {
  base::Duration trial{0};
  if (const auto text = request.query("confirm")) {
    const auto limit = conf::parse_duration(*text);
    if (!limit || limit->count() == 0 || *limit > std::chrono::hours(24 * 365)) {
      return reply.error(400, "confirm must be a time of at most a year, such as 60s");
    }
    trial = *limit;
  }
  facilities.server.reload(trial,
                           [reply](const server::ReloadReport& report) { answer(report, reply); });
}

void order_confirm(Facilities& facilities, const Request&, Reply reply) {
  if (!facilities.server.confirm_reload()) {
    return reply.error(409, "nothing is on trial: it was confirmed, went back, or never was");
  }
  const std::uint64_t generation = facilities.server.reload_state().generation;
  reply.json(text_of({{"ok", true}, {"generation", generation}}));
}

void tell_plan(Facilities& facilities, const Request& request, Reply reply) {
  if (request.body.empty()) return reply.error(400, "send the configuration as the body");
  facilities.server.plan(std::string(request.body),
                         [reply](const server::ReloadReport& report) { answer(report, reply); });
}

}  // namespace poise::admin
