#include "proxy/exchange/local_reply.h"
#include "proxy/exchange/prepare_request.h"
#include "proxy/exchange/record_parts.h"
#include "proxy/exchange/sticky_visit.h"
#include "proxy/explain/explain_parts.h"
#include "proxy/explain/refusals.h"
#include "proxy/explain/route_verdict.h"
#include "proxy/explain/settings_in_force.h"
#include "proxy/http/forwarded.h"
#include "proxy/http/h1_parser.h"

namespace poise::explain {
namespace {

using base::Cause;
using base::Phase;

Pairs pairs_of(const http::Fields& fields) {
  Pairs pairs;
  for (const http::Field& field : fields.all()) pairs.emplace_back(field.name, field.value);
  return pairs;
}

// The verdicts up to the route that takes the request; its index or -1.
int judge_routes(const exchange::ListenerPlan& plan, const http::RequestHead& request,
                 const net::Address& client, ListenerAnswer& answer) {
  const int taker = plan.table.find(request, client);
  const int count = static_cast<int>(plan.routes.size());
  const int asked = taker < 0 ? count : taker + 1;
  for (int i = 0; i < asked; ++i) {
    answer.routes.push_back(verdict_on(plan.routes[static_cast<std::size_t>(i)].config,
                                       plan.table.why_not(i, request, client), request, client));
  }
  answer.not_asked = static_cast<std::size_t>(count - asked);
  return taker;
}

void reply_itself(const exchange::RouteConfig& route, const http::RequestHead& request,
                  ListenerAnswer& answer) {
  const exchange::LocalReply reply = exchange::route_reply(route, request);
  answer.outcome = route.redirect ? Outcome::redirected : Outcome::answered;
  answer.status = reply.head.status;
  answer.reply = OwnReply{pairs_of(reply.head.fields), std::string(reply.body)};
  std::erase_if(answer.reply->fields, [](const auto& field) { return field.first == "Date"; });
}

// Changes `request` as the data path does, so comes last.
SentRequest sent_request(http::RequestHead& request, const exchange::RouteConfig& route,
                         const http::ForwardedPeer& peer, const pool::PoolPlan& pool) {
  if (const auto* sessions = pool.strategy->sessions()) {
    exchange::StickyVisit().begin(*sessions, request, exchange::wall_time_now());
  }
  exchange::prepare_request(request, route, peer);
  std::string target(request.path);
  if (request.has_query) target.append("?").append(request.query);
  return {std::string(request.method_text), target, std::string(request.authority),
          pairs_of(request.fields)};
}

}  // namespace

void explain_http(const Scene& scene, std::size_t listener, const Question& question,
                  ListenerAnswer& answer) {
  const conf::Config& config = scene.snapshot->config;
  const conf::ListenerConfig& settings = config.listeners[listener];
  const exchange::ListenerPlan& plan = *scene.snapshot->listeners[listener].http;
  const http::ForwardedPeer peer(question.from, config.trusted_proxies);
  const std::string text = question.head_text();
  http::RequestHead request;
  answer.client = peer.address().ip_text();
  answer.limits = limits_of(settings);
  answer.timeouts = timeouts_of(settings);
  if (const base::Error error = check_head(text, settings.limits, request)) {
    return refuse(error, Outcome::refused, answer);
  }
  const auto client = http::client_address(peer, request.fields, config.trusted_proxies);
  answer.client = client.ip_text();
  answer.client_was_told = !(client == peer.address());
  const int taker = judge_routes(plan, request, client, answer);
  if (taker < 0) return refuse_no_route(answer);
  const exchange::RoutePlan& route = plan.routes[static_cast<std::size_t>(taker)];
  answer.route = route.config.name;
  if (!exchange::admits(route.config, client)) return refuse_client(route.config, client, answer);
  if (route.config.redirect || route.config.respond) {
    return reply_itself(route.config, request, answer);
  }
  answer.outcome = Outcome::proxied;
  answer.timeouts.back().second = timeout_text(route.request_timeout);
  answer.pools = explain_pools(scene, route, {&request, client});
  answer.to_backend =
      sent_request(request, route.config, peer, *scene.snapshot->pools[route.pools.front().pool]);
}

}  // namespace poise::explain
