// What a pool is configured to be: its backends, how its connections are kept, when a request may
// be tried again. Plain data: read once, then constant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "balancing/balance_config.h"
#include "health/health_config.h"
#include "proxy/base/bytes.h"
#include "proxy/base/clock.h"
#include "proxy/net/address.h"
#include "proxy/net/proxy_protocol.h"
#include "proxy/net/resolution.h"
#include "tls/client_config.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::pool {

inline constexpr std::uint32_t kMostTier = 99;

struct BackendConfig {
  std::string name;                   // default: the address as written
  net::Address address{};             // or
  net::Question question{};           // whose answers are the addresses (resolved_backends.h)
  std::uint32_t weight = 1;           // 0: takes no new requests
  std::uint32_t tier = 0;             // 0 is preferred
  std::uint32_t max_connections = 0;  // 0: no limit
  std::string zone{};                 // "": none
  std::string host{};                 // the name whose address it is; "": not resolved

  bool operator==(const BackendConfig&) const = default;
};

// Backends that DNS lists.
struct DiscoverConfig {
  net::Question question;
  base::Duration interval{0};  // 0: by the answer's TTL

  bool operator==(const DiscoverConfig&) const = default;
};

struct ConnectionsConfig {
  std::uint32_t max = 0;    // a backend, over all workers; 0: no limit
  std::uint32_t idle = 64;  // warm connections kept a backend and worker
  base::Duration idle_timeout = std::chrono::seconds(60);
  base::Duration connect_timeout = std::chrono::seconds(2);
  base::Duration max_age{0};  // 0: no limit

  bool operator==(const ConnectionsConfig&) const = default;
};

struct QueueConfig {
  std::uint32_t size = 1024;
  base::Duration timeout = std::chrono::seconds(1);

  bool operator==(const QueueConfig&) const = default;
};

struct RetryConfig {
  std::uint32_t attempts = 2;  // retries after the first try
  bool on_connect = true;
  bool on_reset_before_response = true;
  bool on_refused_stream = true;
  double budget = 0.20;  // retries as a share of requests
  std::uint32_t min_per_second = 10;
  base::Duration backoff = std::chrono::milliseconds(25);
  base::Duration try_timeout{0};  // 0: none
  bool non_idempotent = false;
  base::ByteCount replay_bytes = 64 * 1024;

  bool operator==(const RetryConfig&) const = default;
};

struct PoolTimeouts {
  base::Duration response_header = std::chrono::seconds(60);
  base::Duration response_idle = std::chrono::seconds(60);

  bool operator==(const PoolTimeouts&) const = default;
};

struct PoolConfig {
  std::string name;
  balancing::BalanceConfig balance;
  std::vector<BackendConfig> backends;
  DiscoverConfig discover;
  net::ProxyHeaderOut proxy_protocol = net::ProxyHeaderOut::off;
  std::optional<tls::ClientConfig> tls;  // none: plain
  ConnectionsConfig connections;
  QueueConfig queue;
  RetryConfig retry;
  PoolTimeouts timeouts;
  health::HealthConfig health;
  base::Duration slow_start{0};  // 0: none
  double panic = 0;              // share of healthy backends under which health is ignored

  bool operator==(const PoolConfig&) const = default;
};

// Whom a backend's certificate has to be for: as set, else the name it was resolved from, else its
// IP address. Empty for a Unix socket.
std::string server_name_of(const PoolConfig& pool, const BackendConfig& backend);

PoolConfig parse_pool(std::string name, conf::YamlMap& node);
// Reads the retry section over what `retry` holds already; a route's section overrides its pool's.
void parse_retry(conf::YamlMap& node, RetryConfig& retry);

}  // namespace poise::pool
