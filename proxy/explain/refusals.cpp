#include "proxy/explain/refusals.h"

#include "proxy/explain/route_verdict.h"
#include "proxy/http/h1_parser.h"

namespace poise::explain {
namespace {

using base::Cause;
using base::Error;

Error own_error(Cause cause) {
  return {.cause = cause, .phase = base::Phase::request, .side = base::Side::local};
}

std::string why_denied(const exchange::RouteConfig& route, const net::Address& client) {
  for (const net::Network& network : route.deny) {
    if (network.contains(client))
      return client.ip_text() + " is in 'deny' (" + network.text() + ")";
  }
  return client.ip_text() + " is not in 'allow' (" + text_of(route.allow) + ")";
}

}  // namespace

Error check_head(std::string_view text, const http::LimitsConfig& limits, http::RequestHead& head) {
  if (text.size() > limits.header_bytes) {
    return {.cause = Cause::request_too_large,
            .phase = base::Phase::request,
            .side = base::Side::client,
            .status = 431,
            .detail = "header too large"};
  }
  return http::parse_request(text, limits, head);
}

void refuse(const Error& error, Outcome outcome, ListenerAnswer& answer) {
  answer.outcome = outcome;
  answer.status = base::status_of(error);
  answer.cause = base::to_text(error.cause);
  answer.detail = error.detail;
}

void refuse_no_route(ListenerAnswer& answer) {
  refuse(own_error(Cause::no_route), Outcome::no_route, answer);
  answer.detail = "no route takes it";
}

void refuse_client(const exchange::RouteConfig& route, const net::Address& client,
                   ListenerAnswer& answer) {
  refuse(own_error(Cause::denied), Outcome::denied, answer);
  answer.detail = why_denied(route, client);
}

}  // namespace poise::explain
