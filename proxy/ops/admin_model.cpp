#include "proxy/ops/admin_model.h"

namespace poise::ops {
namespace {

Latency read_latency(const Json& json) {
  return {number_in(json, "p50_ms"), number_in(json, "p90_ms"), number_in(json, "p99_ms")};
}

std::optional<DrainUnderWay> read_drain(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  return DrainUnderWay{text_in(json, "deadline"), count_in(json, "streams"),
                       count_in(json, "sessions")};
}

PoolView read_pool(const Json& json) {
  PoolView pool;
  pool.name = text_in(json, "name");
  pool.balance = text_in(json, "balance");
  pool.healthy = count_in(json, "healthy");
  pool.total = count_in(json, "total");
  pool.queue = count_in(json, "queue");
  pool.panic = flag_in(json, "panic");
  pool.retries_total = count_in(json, "retries_total");
  pool.budget_exhausted_total = count_in(json, "retry_budget_exhausted_total");
  pool.backends = list_in(json, "backends", read_backend);
  return pool;
}

ListenerView read_listener(const Json& json) {
  ListenerView listener;
  listener.name = text_in(json, "name");
  listener.protocol = text_in(json, "protocol");
  listener.bind = list_in(json, "bind", [](const Json& bind) {
    return bind.is_string() ? bind.get<std::string>() : std::string();
  });
  listener.connections = count_in(json, "connections");
  listener.connections_total = count_in(json, "connections_total");
  return listener;
}

}  // namespace

Transition read_transition(const Json& json) {
  return {text_in(json, "at"),      text_in(json, "pool"), text_in(json, "backend"),
          text_in(json, "from"),    text_in(json, "to"),   text_in(json, "reason"),
          text_in(json, "evidence")};
}

BackendView read_backend(const Json& json) {
  BackendView backend;
  backend.name = text_in(json, "name");
  backend.address = text_in(json, "address");
  backend.state = text_in(json, "state");
  backend.zone = text_in(json, "zone");
  backend.weight = count_in(json, "weight");
  backend.tier = count_in(json, "tier");
  backend.in_flight = count_in(json, "in_flight");
  backend.connections = count_in(json, "connections");
  backend.requests_total = count_in(json, "requests_total");
  backend.rps = count_in(json, "rps");
  backend.codes = counts_in(json, "codes");
  backend.failures = counts_in(json, "failures");
  backend.latency = read_latency(json);
  const Json& last = member(json, "last_transition");
  if (last.is_object()) backend.last = read_transition(last);
  backend.drain = read_drain(member(json, "drain"));
  return backend;
}

std::vector<PoolView> read_pools(const Json& json) { return list_in(json, "pools", read_pool); }

StatusView read_status(const Json& json) {
  StatusView status;
  status.version = text_in(json, "version");
  status.state = text_in(json, "state");
  status.pid = count_in(json, "pid");
  status.uptime_s = count_in(json, "uptime_s");
  status.generation = count_in(json, "generation");
  status.requests_total = count_in(json, "requests_total");
  status.retries_total = count_in(json, "retries_total");
  status.open_fds = count_in(json, "open_fds");
  const Json& reload = member(json, "last_reload");
  if (reload.is_object()) {
    status.last_reload = {flag_in(reload, "ok"), text_in(reload, "at"), text_in(reload, "error")};
  }
  status.listeners = list_in(json, "listeners", read_listener);
  status.workers = list_in(json, "workers", [](const Json&) { return 0; }).size();
  status.codes = counts_in(json, "codes");
  status.failures = counts_in(json, "failures");
  status.latency = read_latency(member(json, "latency"));
  status.self = read_latency(member(json, "self"));
  return status;
}

TickView read_tick(const Json& json) {
  TickView tick;
  tick.at = text_in(json, "at");
  tick.rps = count_in(json, "rps");
  tick.in_flight = count_in(json, "in_flight");
  tick.queue = count_in(json, "queue");
  tick.retries_per_s = count_in(json, "retries_per_s");
  tick.failures_per_s = counts_in(json, "failures_per_s");
  tick.codes_per_s = counts_in(json, "codes_per_s");
  tick.latency = read_latency(json);
  tick.self_p99_ms = number_in(json, "self_p99_ms");
  tick.pools = read_pools(json);
  return tick;
}

}  // namespace poise::ops
