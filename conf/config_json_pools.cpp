#include "conf/config_json_parts.h"
#include "conf/reader/quantities.h"

namespace poise::conf {
namespace {

using net::Question;

const char* word_of(net::ProxyHeaderOut sent) {
  switch (sent) {
    case net::ProxyHeaderOut::off:
      return "off";
    case net::ProxyHeaderOut::v1:
      return "v1";
    case net::ProxyHeaderOut::v2:
      break;
  }
  return "v2";
}

Json json_of(const pool::BackendConfig& backend) {
  const bool is_name = backend.question.is_asked();
  Json json{{"name", backend.name},
            {"address", is_name ? backend.question.text() : backend.address.text()},
            {"weight", backend.weight},
            {"tier", backend.tier},
            {"max_connections", backend.max_connections}};
  set_unless_empty(json, "zone", backend.zone);
  return json;
}

Json json_of(const pool::DiscoverConfig& discover) {
  const bool is_service = discover.question.kind == Question::Kind::services;
  return {{"dns", is_service ? discover.question.name : discover.question.text()},
          {"type", is_service ? "srv" : "a"},
          {"interval", discover.interval.count() == 0 ? "ttl" : to_text(discover.interval)}};
}

Json json_of(const pool::ConnectionsConfig& connections) {
  return {{"max", connections.max},
          {"idle", connections.idle},
          {"idle_timeout", to_text(connections.idle_timeout)},
          {"connect_timeout", to_text(connections.connect_timeout)},
          {"max_age", to_text(connections.max_age)}};
}

Json json_of(const health::ActiveConfig& active) {
  if (active.probe == nullptr) return "off";
  Json json{{"type", active.probe->kind()}};
  json.update(json_of(active.probe->shown()));
  json["interval"] = to_text(active.interval);
  if (active.interval_down.count() > 0) json["interval_down"] = to_text(active.interval_down);
  json["jitter"] = percent_text(active.jitter);
  json["timeout"] = to_text(active.timeout);
  json["max_latency"] = to_text(active.max_latency);
  json["rise"] = active.rise;
  json["fall"] = active.fall;
  if (active.port != 0) json["port"] = active.port;
  json["initial"] = active.initial == health::Initial::down ? "down" : "up";
  return json;
}

Json json_of(const health::PassiveConfig& passive) {
  if (!passive.enabled) return "off";
  return {{"consecutive_failures", passive.consecutive_failures},
          {"window", to_text(passive.window)},
          {"failure_percent", percent_text(passive.failure_percent)},
          {"min_requests", passive.min_requests},
          {"latency_factor", passive.latency_factor},
          {"eject", to_text(passive.eject)},
          {"max_eject", to_text(passive.max_eject)},
          {"max_ejected", percent_text(passive.max_ejected)}};
}

}  // namespace

Json json_of(const pool::RetryConfig& retry) {
  Json on = Json::array();
  if (retry.on_connect) on.push_back("connect");
  if (retry.on_reset_before_response) on.push_back("reset-before-response");
  if (retry.on_refused_stream) on.push_back("refused-stream");
  return {{"attempts", retry.attempts},
          {"on", on},
          {"budget", percent_text(retry.budget)},
          {"min_per_second", retry.min_per_second},
          {"backoff", to_text(retry.backoff)},
          {"try_timeout", to_text(retry.try_timeout)},
          {"non_idempotent", retry.non_idempotent},
          {"replay_bytes", retry.replay_bytes}};
}

Json json_of(const health::HealthConfig& health) {
  return {{"active", json_of(health.active)}, {"passive", json_of(health.passive)}};
}

Json json_of(const pool::PoolConfig& pool) {
  const bool is_plain = pool.balance.options == nullptr;
  Json json{{"balance",
             is_plain ? Json(pool.balance.strategy) : json_of(balancing::shown(pool.balance))}};
  for (const auto& backend : pool.backends) json["backends"].push_back(json_of(backend));
  if (pool.discover.question.is_asked()) json["discover"] = json_of(pool.discover);
  json["proxy_protocol"] = word_of(pool.proxy_protocol);
  if (pool.tls) json["tls"] = json_of(*pool.tls);
  json["connections"] = json_of(pool.connections);
  json["queue"] = {{"size", pool.queue.size}, {"timeout", to_text(pool.queue.timeout)}};
  json["retry"] = json_of(pool.retry);
  json["timeouts"] = {{"response_header", to_text(pool.timeouts.response_header)},
                      {"response_idle", to_text(pool.timeouts.response_idle)}};
  json["health"] = json_of(pool.health);
  json["slow_start"] = to_text(pool.slow_start);
  json["panic"] = percent_text(pool.panic);
  return json;
}

}  // namespace poise::conf
