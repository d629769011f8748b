#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "balancing/strategies.h"
#include "proxy/base/check.h"
#include "proxy/pool/resolved_backends.h"
#include "proxy/server/snapshot.h"

namespace poise::server {
namespace {

using exchange::ListenerPlan;
using exchange::RoutePlan;

std::shared_ptr<const pool::PoolPlan> compile_pool(const pool::PoolConfig& config,
                                                   const std::string& zone,
                                                   RecordRegistry& records) {
  auto plan = std::make_shared<pool::PoolPlan>();
  plan->config = config;
  std::vector<balancing::BackendInfo> backends;
  for (const auto& backend : config.backends) {
    backends.push_back({backend.name, backend.weight, backend.zone, backend.tier});
  }
  plan->backends = balancing::BackendSet(std::move(backends));
  plan->strategy = balancing::make_plan(plan->backends, config.balance);
  POISE_CHECK(plan->strategy != nullptr);
  plan->selection = {.slow_start = config.slow_start, .panic = config.panic, .zone = zone};
  plan->record = records.pool(config.name);
  for (const auto& backend : config.backends) {
    plan->backend_records.push_back(records.backend(config.name, backend.name, backend.address));
  }
  return plan;
}

using PlansByName = std::unordered_map<std::string_view, std::shared_ptr<const pool::PoolPlan>>;

PlansByName plans_of(const Snapshot* snapshot) {
  PlansByName plans;
  if (snapshot == nullptr) return plans;
  for (const auto& plan : snapshot->pools) plans.emplace(plan->config.name, plan);
  return plans;
}

std::size_t pool_index(const conf::Config& config, const std::string& name) {
  const auto found = std::find_if(config.pools.begin(), config.pools.end(),
                                  [&](const auto& pool) { return pool.name == name; });
  POISE_CHECK(found != config.pools.end());
  return static_cast<std::size_t>(found - config.pools.begin());
}

RoutePlan compile_route(const conf::Config& config, const conf::ListenerConfig& listener,
                        const exchange::RouteConfig& route) {
  RoutePlan plan;
  plan.config = route;
  if (!route.pool.empty()) plan.pools.push_back({pool_index(config, route.pool), 1});
  for (const auto& share : route.split) {
    if (share.weight > 0) plan.pools.push_back({pool_index(config, share.pool), share.weight});
  }
  for (const auto& share : plan.pools) plan.total_weight += share.weight;
  plan.request_timeout =
      route.request_timeout.count() >= 0 ? route.request_timeout : listener.timeouts.request;
  return plan;
}

std::vector<RoutePlan> compile_routes(const conf::Config& config,
                                      const conf::ListenerConfig& listener) {
  std::vector<RoutePlan> routes;
  for (const auto& route : listener.routes) {
    routes.push_back(compile_route(config, listener, route));
  }
  return routes;
}

exchange::RouteRecords route_records(const conf::Config& config, const std::string& listener,
                                     std::vector<RoutePlan>& routes, RecordRegistry& records) {
  exchange::RouteRecords list;
  for (RoutePlan& route : routes) {
    route.row = list.size();
    list.push_back(records.route(listener, route.config.name, ""));
    for (const auto& share : route.pools) {
      list.push_back(records.route(listener, route.config.name, config.pools[share.pool].name));
    }
  }
  list.push_back(records.route(listener, "", ""));
  return list;
}

// What one listener tells backends, no client of any other may claim.
exchange::CertificateFields certificate_fields_of(const conf::Config& config,
                                                  const conf::ListenerConfig& listener) {
  const auto tells = [](const conf::ListenerConfig& one) {
    return one.tls && one.tls->client_certificate_headers;
  };
  using exchange::CertificateFields;
  if (tells(listener)) return CertificateFields::told;
  const bool some_do = std::any_of(config.listeners.begin(), config.listeners.end(), tells);
  return some_do ? CertificateFields::removed : CertificateFields::untouched;
}

std::unique_ptr<ListenerPlan> compile_http(const conf::Config& config,
                                           const conf::ListenerConfig& listener,
                                           RecordRegistry& records) {
  std::vector<RoutePlan> routes = compile_routes(config, listener);
  exchange::RouteRecords rows = route_records(config, listener.name, routes, records);
  return std::make_unique<ListenerPlan>(ListenerPlan{
      .name = listener.name,
      .inbound = {listener.limits, listener.timeouts, config.trusted_proxies},
      .routes = std::move(routes),
      .table = exchange::RouteTable(listener.routes),
      .records = std::move(rows),
      .listener = records.listener(listener.name),
      .log = config.log.access,
      .tracing = config.tracing,
      .certificate_fields = certificate_fields_of(config, listener),
  });
}

std::unique_ptr<l4::TcpPlan> compile_tcp(const conf::Config& config,
                                         const conf::ListenerConfig& listener,
                                         RecordRegistry& records) {
  std::vector<RoutePlan> routes = compile_routes(config, listener);
  exchange::RouteRecords rows = route_records(config, listener.name, routes, records);
  return std::make_unique<l4::TcpPlan>(l4::TcpPlan{
      .listener = listener.name,
      .routes = std::move(routes),
      .records = std::move(rows),
      .record = records.listener(listener.name),
      .reads_hello = listener.protocol == conf::Protocol::tls_passthrough,
      .handshake_timeout = listener.timeouts.handshake,
      .idle_timeout = listener.timeouts.idle,
      .log = config.log.access,
  });
}

ListenerSnapshot compile_listener(const conf::Config& config, const conf::ListenerConfig& listener,
                                  RecordRegistry& records) {
  ListenerSnapshot snapshot;
  snapshot.arrivals = {.name = listener.name,
                       .headers = listener.proxy_protocol,
                       .trusted = config.trusted_proxies,
                       .timeout = listener.timeouts.handshake};
  if (listener.protocol == conf::Protocol::http) {
    snapshot.http = compile_http(config, listener, records);
  } else {
    snapshot.tcp = compile_tcp(config, listener, records);
  }
  return snapshot;
}

}  // namespace

std::shared_ptr<const Snapshot> compile(conf::Config config, RecordRegistry& records,
                                        const pool::Answers& answers, const Snapshot* before,
                                        const WeightOrders* weights, const Endpoints& endpoints) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->config = std::move(config);
  const PlansByName kept = plans_of(before);
  for (const auto& configured : snapshot->config.pools) {
    pool::PoolConfig pool = pool::resolved(configured, answers);
    if (weights != nullptr) weights->apply_to(pool);
    const auto same = kept.find(pool.name);
    const bool is_same = same != kept.end() && same->second->config == pool &&
                         same->second->selection.zone == snapshot->config.zone;
    snapshot->pools.push_back(is_same ? same->second
                                      : compile_pool(pool, snapshot->config.zone, records));
  }
  for (const auto& listener : snapshot->config.listeners) {
    const std::size_t index = snapshot->listeners.size();
    snapshot->listeners.push_back(compile_listener(snapshot->config, listener, records));
    if (index >= endpoints.size() || endpoints[index] == nullptr) continue;
    snapshot->listeners.back().secure = {endpoints[index], listener.timeouts.handshake,
                                         records.handshakes(listener.name)};
  }
  return snapshot;
}

}  // namespace poise::server
