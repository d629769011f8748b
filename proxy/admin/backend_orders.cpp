#include "proxy/admin/backend_orders.h"

#include "conf/reader/quantities.h"
#include "proxy/admin/json_parts.h"
#include "proxy/server/summary.h"

namespace poise::admin {
namespace {

constexpr base::Duration kLongest = std::chrono::hours(24 * 365);

// The pool and the backend that the path names.
struct Target {
  const std::string& pool;
  const std::string& backend;
};

Target target_of(const Request& request) { return {request.parameters[0], request.parameters[1]}; }

// As it stands now, which the samples of /pools may not know yet. `fault` is empty when the order
// was taken.
void answer(Facilities& facilities, const Target& target, const std::string& fault, Reply reply) {
  if (!fault.empty()) return reply.error(404, fault);
  const auto place = facilities.server.find_backend(target.pool, target.backend);
  if (!place) return reply.error(404, place.error());
  const auto status = place->record()->status.load(std::memory_order_relaxed);
  const Json json{{"name", place->config().name},
                  {"address", place->config().address.text()},
                  {"state", server::state_text(status)},
                  {"weight", place->config().weight},
                  {"drain", drain_json(facilities.server.drain_of(*place->record()))}};
  reply.json(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

void order_drain(Facilities& facilities, const Request& request, Reply reply) {
  std::optional<base::Duration> limit;
  if (const auto text = request.query("deadline")) {
    limit = conf::parse_duration(*text);
    if (!limit || *limit > kLongest) {
      return reply.error(400, "deadline must be a time of at most a year, such as 30s");
    }
  }
  const Target target = target_of(request);
  answer(facilities, target, facilities.server.drain(target.pool, target.backend, limit), reply);
}

void order_undrain(Facilities& facilities, const Request& request, Reply reply) {
  const Target target = target_of(request);
  answer(facilities, target, facilities.server.undrain(target.pool, target.backend), reply);
}

void order_weight(Facilities& facilities, const Request& request, Reply reply) {
  const auto text = request.query("value");
  std::optional<std::uint32_t> weight;
  if (!text || *text != "configured") {
    const auto number = text ? conf::parse_whole(*text) : std::nullopt;
    if (!number || *number > balancing::kMostWeight) {
      return reply.error(400, "value must be a weight from 0 to 65535, or 'configured'");
    }
    weight = static_cast<std::uint32_t>(*number);
  }
  const Target target = target_of(request);
  const auto& server = facilities.server;
  if (const auto found = server.find_backend(target.pool, target.backend); !found) {
    return reply.error(404, found.error());
  }
  answer(facilities, target, facilities.server.set_weight(target.pool, target.backend, weight),
         reply);
}

}  // namespace poise::admin
