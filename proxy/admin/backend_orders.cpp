#include "proxy/admin/backend_orders.h"

#include <nlohmann/json.hpp>

#include "conf/reader/quantities.h"
#include "proxy/base/log_clock.h"

namespace poise::admin {
namespace {

std::string_view word_of(balancing::BackendStatus status) {
  if ((status & balancing::kDown) != 0) return "down";
  if ((status & balancing::kEjected) != 0) return "ejected";
  if ((status & balancing::kDraining) != 0) return "draining";
  if ((status & balancing::kUnknown) != 0) return "unknown";
  return (status & balancing::kProbation) != 0 ? "probation" : "up";
}

nlohmann::ordered_json drain_json(const server::DrainState& drain) {
  base::LogClock clock;
  nlohmann::ordered_json json = {{"deadline", nullptr},
                                 {"streams", drain.left.streams},
                                 {"sessions", drain.left.sessions},
                                 {"over", drain.is_over}};
  if (drain.deadline) json["deadline"] = std::string(clock.rfc3339(*drain.deadline));
  return json;
}

// The pool and the backend that the path names.
struct Target {
  const std::string& pool;
  const std::string& backend;
};

Target target_of(const Request& request) { return {request.parameters[0], request.parameters[1]}; }

// `fault` is empty when the order was taken.
void answer(Facilities& facilities, const Target& target, const std::string& fault, Reply reply) {
  if (!fault.empty()) return reply.error(404, fault);
  const auto place = facilities.server.find_backend(target.pool, target.backend);
  const auto status = place->record()->status.load(std::memory_order_relaxed);
  const auto drain = facilities.server.drain_of(*place->record());
  nlohmann::ordered_json json = {{"name", place->config().name},
                                 {"address", place->config().address.text()},
                                 {"state", word_of(status)},
                                 {"weight", place->config().weight},
                                 {"drain", nullptr}};
  if (drain) json["drain"] = drain_json(*drain);
  reply.json(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace

void order_drain(Facilities& facilities, const Request& request, Reply reply) {
  std::optional<base::Duration> limit;
  if (const auto text = request.query("deadline")) {
    limit = conf::parse_duration(*text);
    if (!limit) return reply.error(400, "deadline must be a time, such as 30s");
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
