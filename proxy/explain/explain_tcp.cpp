#include "proxy/explain/explain_parts.h"
#include "proxy/explain/refusals.h"
#include "proxy/explain/route_verdict.h"
#include "proxy/explain/settings_in_force.h"
#include "proxy/l4/tcp_route.h"

namespace poise::explain {

void explain_tcp(const Scene& scene, std::size_t listener, const Question& question,
                 ListenerAnswer& answer) {
  const conf::ListenerConfig& settings = scene.snapshot->config.listeners[listener];
  const auto& routes = scene.snapshot->listeners[listener].tcp->routes;
  answer.client = question.from.ip_text();
  answer.limits = limits_of(settings);
  answer.timeouts = timeouts_of(settings);
  const l4::ClientHello hello{question.place, question.protocols};
  const bool is_tls = settings.protocol == conf::Protocol::tls_passthrough;
  const exchange::RoutePlan* taker =
      l4::find_route(routes, question.from, is_tls ? &hello : nullptr);
  for (const exchange::RoutePlan& route : routes) {
    answer.routes.push_back(verdict_on(route.config, question, &route == taker));
    if (&route == taker) break;
  }
  answer.not_asked = routes.size() - answer.routes.size();
  if (taker == nullptr) {
    refuse_no_route(answer);
  } else if (!exchange::admits(taker->config, question.from)) {
    answer.route = taker->config.name;
    refuse_client(taker->config, question.from, answer);
  } else {
    answer.route = taker->config.name;
    answer.outcome = Outcome::proxied;
    answer.pools = explain_pools(
        scene, *taker,
        {nullptr, question.from, is_tls ? std::string_view(question.place) : std::string_view()});
  }
  answer.status = 0;  // a TCP client is told nothing
}

}  // namespace poise::explain
