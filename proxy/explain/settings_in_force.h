// The settings that bound a request or a session, as the configuration writes them: what a route
// overrides stands in place of its listener's or pool's. Pure.
#pragma once

#include <string>

#include "conf/config.h"
#include "proxy/explain/explanation.h"

namespace poise::explain {

// "30s", or "none".
std::string timeout_text(base::Duration timeout);

Pairs limits_of(const conf::ListenerConfig& listener);
// Of HTTP the last one is `request`.
Pairs timeouts_of(const conf::ListenerConfig& listener);

Pairs connections_of(const pool::PoolConfig& pool, conf::Protocol protocol);
Pairs queue_of(const pool::PoolConfig& pool);
Pairs balancing_of(const pool::PoolConfig& pool);
Pairs retry_of(const pool::RetryConfig& retry, conf::Protocol protocol);
Pairs timeouts_of(const pool::PoolConfig& pool, base::Duration try_timeout);

// How fitness is judged, in one line.
std::string health_line(const health::HealthConfig& health);

}  // namespace poise::explain
