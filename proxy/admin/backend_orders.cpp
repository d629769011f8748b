#include "proxy/admin/backend_orders.h"

#include "conf/reader/quantities.h"
#include "proxy/admin/pools.h"

namespace poise::admin {
namespace {

// The pool and the backend that the path names.
struct Target {
  const std::string& pool;
  const std::string& backend;
};

Target target_of(const Request& request) { return {request.parameters[0], request.parameters[1]}; }

// `fault` is empty when the order was taken.
void answer(Facilities& facilities, const Target& target, const std::string& fault, Reply reply) {
  if (!fault.empty()) return reply.error(404, fault);
  reply.json(backend_text(facilities, target.pool, target.backend).value_or("null"));
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
