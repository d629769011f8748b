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

}  // namespace poise::l4
