#include "proxy/l4/tcp_route.h"

#include <algorithm>

namespace poise::l4 {
namespace {

bool takes_protocol(const std::vector<std::string>& wanted, const ClientHello& hello) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const auto& protocol) {
           const auto& offered = hello.protocols;
           return std::find(offered.begin(), offered.end(), protocol) != offered.end();
         });
}

bool matches(const exchange::MatchConfig& match, const net::Address& client,
             const ClientHello* hello) {
  if (!match.source.empty() && !net::contains(match.source, client)) return false;
  return hello == nullptr ||
         (takes_name(match.sni, hello->server_name) && takes_protocol(match.alpn, *hello));
}

}  // namespace

bool takes_name(std::string_view wanted, std::string_view server_name) {
  if (wanted.empty() || wanted == "*") return true;
  if (!wanted.starts_with("*.")) return wanted == server_name;
  wanted.remove_prefix(1);
  return server_name.size() > wanted.size() && server_name.ends_with(wanted);
}

const exchange::RoutePlan* find_route(const std::vector<exchange::RoutePlan>& routes,
                                      const net::Address& client, const ClientHello* hello) {
  for (const exchange::RoutePlan& route : routes) {
    if (matches(route.config.match, client, hello)) return &route;
  }
  return nullptr;
}

}  // namespace poise::l4
