#include "proxy/admin/pools.h"

#include <algorithm>

#include "conf/reader/suggestion.h"
#include "proxy/admin/json_parts.h"
#include "proxy/server/event_texts.h"

namespace poise::admin {
namespace {

using server::BackendSummary;
using server::PoolSummary;

// null: it stands as it did when poise first knew it.
Json json_of(const server::PastTransition* transition) {
  if (transition == nullptr) return nullptr;
  return {{"at", server::time_text(transition->at)},
          {"from", transition->from},
          {"to", transition->to},
          {"reason", transition->reason},
          {"evidence", transition->evidence}};
}

Json json_of(const server::Server& server, const PoolSummary& pool, std::size_t index) {
  const BackendSummary& backend = pool.backends[index];
  const pool::BackendConfig& config = pool.plan->config.backends[index];
  return {{"name", backend.record->name},
          {"address", backend.record->address.text()},
          {"state", server::state_text(backend.status)},
          {"weight", backend.weight},
          {"tier", config.tier},
          {"zone", config.zone},
          {"in_flight", backend.totals.in_flight},
          {"connections", backend.connections},
          {"requests_total", total_of(backend.totals.requests)},
          {"codes", by_class(backend.totals.requests)},
          {"failures", by_cause(backend.totals.failures)},
          {"p50_ms", milliseconds(backend.duration.p50)},
          {"p99_ms", milliseconds(backend.duration.p99)},
          {"wait_p50_ms", milliseconds(backend.wait.p50)},
          {"last_transition",
           json_of(server.last_transition(pool.plan->config.name, backend.record->name))},
          {"drain", drain_json(server.drain_of(*backend.record))}};
}

Json json_of(const server::Server& server, const PoolSummary& pool) {
  Json backends = Json::array();
  for (std::size_t i = 0; i < pool.backends.size(); ++i) {
    backends.push_back(json_of(server, pool, i));
  }
  return {{"name", pool.plan->config.name},
          {"balance", pool.plan->config.balance.strategy},
          {"healthy", pool.healthy},
          {"total", pool.backends.size()},
          {"panic", pool.panics},
          {"queue", pool.totals.queue_length},
          {"retries_total", pool.totals.retries},
          {"retry_budget_exhausted_total", pool.totals.retry_budget_exhausted},
          {"backends", std::move(backends)}};
}

const PoolSummary* find(const server::Summary& summary, std::string_view name) {
  const auto found = std::find_if(summary.pools.begin(), summary.pools.end(),
                                  [&](const auto& pool) { return pool.plan->config.name == name; });
  return found == summary.pools.end() ? nullptr : &*found;
}

}  // namespace

void show_pools(Facilities& facilities, const Request&, Reply reply) {
  const server::Summary summary = facilities.server.summary();
  Json pools = Json::array();
  for (const PoolSummary& pool : summary.pools) pools.push_back(json_of(facilities.server, pool));
  reply.json(text_of({{"pools", std::move(pools)}}));
}

void show_pool(Facilities& facilities, const Request& request, Reply reply) {
  const server::Summary summary = facilities.server.summary();
  const PoolSummary* pool = find(summary, request.parameters[0]);
  if (pool == nullptr) {
    return reply.error(404, "there is no pool " + conf::quoted(request.parameters[0]));
  }
  reply.json(text_of(json_of(facilities.server, *pool)));
}

}  // namespace poise::admin
