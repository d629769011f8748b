// The whole configuration as plain structs, joined from every folder's own. Built by load.*, judged
// across sections by check.*, then constant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/admin_config.h"
#include "conf/route_tests.h"
#include "proxy/base/bytes.h"
#include "proxy/base/clock.h"
#include "proxy/exchange/access_log_config.h"
#include "proxy/exchange/route_config.h"
#include "proxy/http/http_config.h"
#include "proxy/net/address.h"
#include "proxy/net/dns_config.h"
#include "proxy/net/proxy_protocol.h"
#include "proxy/pool/pool_config.h"
#include "proxy/tracing/tracing_config.h"
#include "tls/tls_config.h"

namespace poise::conf {

enum class Protocol : std::uint8_t { http, tcp, tls_passthrough };
std::string_view to_text(Protocol protocol);

struct ListenerConfig {
  std::string name;
  std::vector<net::Address> bind;
  Protocol protocol = Protocol::http;
  net::ProxyHeaderIn proxy_protocol = net::ProxyHeaderIn::off;
  http::LimitsConfig limits;
  http::TimeoutsConfig timeouts;
  std::optional<tls::ServerConfig> tls;
  std::vector<exchange::RouteConfig> routes;  // `pool: x` is one route that matches everything

  bool operator==(const ListenerConfig&) const = default;
};

enum class LogFormat : std::uint8_t { text, json };
enum class LogLevel : std::uint8_t { debug, info, warn, error };

struct LogConfig {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  exchange::AccessLogConfig access;

  bool operator==(const LogConfig&) const = default;
};

struct Config {
  std::uint32_t workers = 0;  // 0: one a CPU the process may use
  bool affinity = false;
  AdminConfig admin;
  LogConfig log;
  tracing::TracingConfig tracing;
  std::vector<net::Network> trusted_proxies;
  net::DnsConfig dns;
  std::string zone;  // where this poise runs; "": nowhere in particular
  base::Duration drain = std::chrono::seconds(30);
  base::Duration upgrade_timeout = std::chrono::seconds(30);  // for a new process to be ready
  std::vector<ListenerConfig> listeners;
  std::vector<pool::PoolConfig> pools;
  std::vector<RouteTest> tests;

  bool operator==(const Config&) const = default;
};

}  // namespace poise::conf
