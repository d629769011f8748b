// A route compiled for running, HTTP's and TCP's alike: its configuration and the pools it leads
// to. Immutable, shared by all workers. What it decides by itself is pure.
#pragma once

#include <cstdint>
#include <vector>

#include "proxy/base/clock.h"
#include "proxy/base/random.h"
#include "proxy/exchange/route_config.h"
#include "proxy/net/address.h"

namespace poise::exchange {

struct PoolShare {
  std::size_t pool = 0;  // index into the snapshot's pools
  std::uint32_t weight = 1;
};

struct RoutePlan {
  RouteConfig config;
  std::vector<PoolShare> pools;  // empty for a redirect or a fixed reply
  std::uint32_t total_weight = 0;
  std::size_t row = 0;  // of its cells without a pool; those of `pools` follow (route_record.h)
  base::Duration request_timeout{0};
};

// Whether `allow` and `deny` let the client in; deny wins.
bool admits(const RouteConfig& route, const net::Address& client);

// What the route says of retries, else its pool.
const pool::RetryConfig& retry_of(const RouteConfig& route, const pool::PoolConfig& pool);
base::Duration try_timeout_of(const RouteConfig& route, const pool::PoolConfig& pool);  // 0: none

// An index into `pools`, by the weights of the route's split. Requires: it leads to at least one.
std::size_t choose_share(const RoutePlan& route, base::Random& random);

}  // namespace poise::exchange
