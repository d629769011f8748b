#include "proxy/l4/tcp_route.h"

namespace poise::l4 {

const exchange::RoutePlan* find_route(const std::vector<exchange::RoutePlan>& routes,
                                      const net::Address& client) {
  for (const exchange::RoutePlan& route : routes) {
    const auto& source = route.config.match.source;
    if (source.empty() || net::contains(source, client)) return &route;
  }
  return nullptr;
}

bool admits(const exchange::RouteConfig& route, const net::Address& client) {
  if (net::contains(route.deny, client)) return false;
  return route.allow.empty() || net::contains(route.allow, client);
}

std::size_t choose_pool(const exchange::RoutePlan& route, base::Random& random) {
  const auto& shares = route.pools;
  std::size_t chosen = 0;
  if (shares.size() > 1) {
    std::uint32_t point = random.below(route.total_weight);
    while (point >= shares[chosen].weight) point -= shares[chosen++].weight;
  }
  return shares[chosen].pool;
}

}  // namespace poise::l4
