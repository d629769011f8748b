#include "proxy/exchange/route_plan.h"

namespace poise::exchange {

bool admits(const RouteConfig& route, const net::Address& client) {
  if (net::contains(route.deny, client)) return false;
  return route.allow.empty() || net::contains(route.allow, client);
}

const pool::RetryConfig& retry_of(const RouteConfig& route, const pool::PoolConfig& pool) {
  return route.has_retry ? route.retry : pool.retry;
}

base::Duration try_timeout_of(const RouteConfig& route, const pool::PoolConfig& pool) {
  return route.try_timeout.count() >= 0 ? route.try_timeout : retry_of(route, pool).try_timeout;
}

std::size_t choose_share(const RoutePlan& route, base::Random& random) {
  const std::vector<PoolShare>& shares = route.pools;
  std::size_t chosen = 0;
  if (shares.size() > 1) {
    std::uint32_t point = random.below(route.total_weight);
    while (point >= shares[chosen].weight) point -= shares[chosen++].weight;
  }
  return chosen;
}

}  // namespace poise::exchange
