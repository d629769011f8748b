#include "proxy/pool/pool_config.h"

#include <algorithm>
#include <utility>

#include "balancing/backend_set.h"
#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/net/address_config.h"
#include "proxy/net/proxy_protocol_config.h"

namespace poise::pool {

namespace {

using namespace std::chrono_literals;

constexpr conf::Range<std::uint32_t> kWeight{0, balancing::kMostWeight};
constexpr conf::Range<std::uint32_t> kTier{0, kMostTier};
constexpr conf::Range<std::uint32_t> kConnections{0, 1'000'000};
constexpr conf::Range<std::uint32_t> kAttempts{0, 20};
constexpr conf::Range<base::Duration> kConnectTimeout{1ms, 10min};
constexpr conf::Range<base::Duration> kBackoff{0ms, 1min};
constexpr conf::Range<base::Duration> kMaxAge{0ms, 24h * 30};
constexpr conf::Range<base::Duration> kInterval{100ms, 24h};
constexpr conf::Range<base::ByteCount> kReplayBytes{0, base::ByteCount{64} << 20};

void parse_backend_map(conf::YamlMap& node, BackendConfig& backend) {
  if (!node.has("address")) node.error(node.owner() + " has no 'address'");
  node.with("address", [&](conf::YamlValue& value) {
    net::read_backend_address(value, backend.address, backend.question);
    if (value.is_text()) value.read(backend.name);
  });
  node.read_name("name", backend.name);
  node.read("weight", backend.weight, kWeight);
  node.read("max_connections", backend.max_connections, kConnections);
  node.read_name("zone", backend.zone);
  node.read("tier", backend.tier, kTier);
}

BackendConfig parse_backend(conf::YamlValue& value) {
  BackendConfig backend;
  if (value.is_map()) {
    value.read_map(value.what(), [&](conf::YamlMap& map) { parse_backend_map(map, backend); });
  } else {
    net::read_backend_address(value, backend.address, backend.question);
    if (value.is_text()) value.read(backend.name);
  }
  return backend;
}

void parse_backends(conf::YamlMap& node, std::vector<BackendConfig>& backends) {
  if (!node.has("backends") && !node.has("discover")) {
    node.error(node.owner() + " has no 'backends'");
  }
  node.with("backends", [&](conf::YamlValue& list) {
    if (list.is_list() && list.size() == 0) return list.error("must name at least one backend");
    list.each([&](conf::YamlValue& value) { backends.push_back(parse_backend(value)); });
  });
}

void read_interval(conf::YamlValue& value, base::Duration& interval) {
  if (value.is_text() && value.text() == "ttl") return;
  value.read_duration(interval, kInterval);
}

void parse_discover(conf::YamlMap& node, DiscoverConfig& discover) {
  using Kind = net::Question::Kind;
  Kind kind = Kind::hosts;
  node.read_choice<Kind>("type", kind, {{"a", Kind::hosts}, {"srv", Kind::services}});
  if (!node.has("dns")) node.error(node.owner() + " has no 'dns'");
  node.with("dns",
            [&](conf::YamlValue& value) { net::read_question(value, kind, discover.question); });
  node.with("interval", [&](conf::YamlValue& value) { read_interval(value, discover.interval); });
}

void parse_connections(conf::YamlMap& node, ConnectionsConfig& connections) {
  node.read("max", connections.max, kConnections);
  node.read("idle", connections.idle, kConnections);
  node.read_duration("idle_timeout", connections.idle_timeout);
  node.read_duration("connect_timeout", connections.connect_timeout, kConnectTimeout);
  node.read_duration("max_age", connections.max_age, kMaxAge);
}

void parse_queue(conf::YamlMap& node, QueueConfig& queue) {
  node.read("size", queue.size, kConnections);
  node.read_duration("timeout", queue.timeout);
}

void parse_pool_timeouts(conf::YamlMap& node, PoolTimeouts& timeouts) {
  node.read_duration("response_header", timeouts.response_header);
  node.read_duration("response_idle", timeouts.response_idle);
}

void parse_retry_conditions(conf::YamlMap& node, RetryConfig& retry) {
  if (!node.has("on")) return;
  retry.on_connect = retry.on_reset_before_response = retry.on_refused_stream = false;
  node.each("on", [&](conf::YamlValue& value) {
    bool RetryConfig::*chosen = nullptr;
    value.read_choice<bool RetryConfig::*>(
        chosen, {{"connect", &RetryConfig::on_connect},
                 {"reset-before-response", &RetryConfig::on_reset_before_response},
                 {"refused-stream", &RetryConfig::on_refused_stream}});
    if (chosen != nullptr) retry.*chosen = true;
  });
}

bool is_off(conf::YamlValue& value) {
  return value.is_text() && (value.text() == "off" || value.text() == "false");
}

// A certificate that is to be verified must be for somebody.
void require_names(conf::YamlMap& node, const PoolConfig& pool) {
  if (!pool.tls->verify || !pool.tls->server_name.empty()) return;
  const auto is_nameless = [](const BackendConfig& backend) {
    return backend.question.is_asked() ? backend.question.kind == net::Question::Kind::services
                                       : backend.address.is_unix();
  };
  const bool by_service = pool.discover.question.is_asked() &&
                          pool.discover.question.kind == net::Question::Kind::services;
  if (!by_service && std::none_of(pool.backends.begin(), pool.backends.end(), is_nameless)) return;
  node.error(node.owner() +
             " needs 'server_name': whom the certificates of Unix sockets or services are for");
}

void parse_tls(conf::YamlValue& value, PoolConfig& pool) {
  if (is_off(value)) return;
  value.read_map(value.what(), [&](conf::YamlMap& map) {
    pool.tls = tls::parse_client(map);
    require_names(map, pool);
  });
}

// One line each: the subsystem that gets built replaces its line by its own parser.
void reject_what_is_not_built(conf::YamlMap& node) {
  node.reject_unsupported("protocol", {"http1"});
  node.reject_unsupported("hedge", {"off"});
  node.reject_unsupported("breaker");
  node.reject_unsupported("limit", {"off"});
}

}  // namespace

void parse_retry(conf::YamlMap& node, RetryConfig& retry) {
  node.read("attempts", retry.attempts, kAttempts);
  parse_retry_conditions(node, retry);
  node.read_percent("budget", retry.budget);
  node.read("min_per_second", retry.min_per_second, kConnections);
  node.read_duration("backoff", retry.backoff, kBackoff);
  node.read_duration("try_timeout", retry.try_timeout);
  node.read("non_idempotent", retry.non_idempotent);
  node.read_size("replay_bytes", retry.replay_bytes, kReplayBytes);
}

std::string server_name_of(const PoolConfig& pool, const BackendConfig& backend) {
  if (pool.tls && !pool.tls->server_name.empty()) return pool.tls->server_name;
  if (!backend.host.empty()) return backend.host;
  return backend.address.is_unix() ? std::string() : backend.address.ip_text();
}

PoolConfig parse_pool(std::string name, conf::YamlMap& node) {
  PoolConfig pool;
  node.describe("pool " + conf::quoted(name));
  pool.name = std::move(name);
  node.with("balance",
            [&](conf::YamlValue& value) { pool.balance = balancing::parse_balance(value); });
  parse_backends(node, pool.backends);
  node.read_map("discover", [&](conf::YamlMap& map) { parse_discover(map, pool.discover); });
  node.with("tls", [&](conf::YamlValue& value) { parse_tls(value, pool); });
  net::read_proxy_protocol(node, pool.proxy_protocol);
  node.read_map("connections", [&](conf::YamlMap& m) { parse_connections(m, pool.connections); });
  node.read_map("queue", [&](conf::YamlMap& map) { parse_queue(map, pool.queue); });
  node.read_map("retry", [&](conf::YamlMap& map) { parse_retry(map, pool.retry); });
  node.read_map("timeouts", [&](conf::YamlMap& m) { parse_pool_timeouts(m, pool.timeouts); });
  node.read_map("health", [&](conf::YamlMap& map) { pool.health = health::parse_health(map); });
  pool.health.active.tls = pool.tls;
  pool.health.active.greeting = net::write_local_proxy_header(pool.proxy_protocol);
  node.read_duration("slow_start", pool.slow_start);
  node.read_percent("panic", pool.panic);
  reject_what_is_not_built(node);
  return pool;
}

}  // namespace poise::pool
