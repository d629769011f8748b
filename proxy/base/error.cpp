#include "proxy/base/error.h"

#include <array>

namespace poise::base {
namespace {

struct Row {
  Cause cause;
  std::string_view text;
  int status;
  std::string_view proxy_status;
};

// The only place that maps causes; interface: one word everywhere.
constexpr std::array<Row, kCauseCount> kRows{{
    {Cause::none, "-", 200, ""},
    {Cause::no_route, "no_route", 404, "destination_not_found"},
    {Cause::no_backend, "no_backend", 503, "destination_unavailable"},
    {Cause::all_unhealthy, "all_unhealthy", 503, "destination_unavailable"},
    {Cause::connect_refused, "connect_refused", 502, "connection_refused"},
    {Cause::connect_timeout, "connect_timeout", 504, "connection_timeout"},
    {Cause::connect_unreachable, "connect_unreachable", 502, "destination_ip_unroutable"},
    {Cause::connect_tls, "connect_tls", 502, "tls_protocol_error"},
    {Cause::dns_failed, "dns_failed", 503, "dns_error"},
    {Cause::queue_full, "queue_full", 503, "connection_limit_reached"},
    {Cause::queue_timeout, "queue_timeout", 503, "connection_limit_reached"},
    {Cause::breaker_open, "breaker_open", 503, "destination_unavailable"},
    {Cause::shed, "shed", 503, "proxy_internal_response"},
    {Cause::rate_limited, "rate_limited", 429, "http_request_denied"},
    {Cause::denied, "denied", 403, "http_request_denied"},
    {Cause::request_malformed, "request_malformed", 400, "http_request_error"},
    {Cause::request_smuggling, "request_smuggling", 400, "http_request_error"},
    {Cause::request_too_large, "request_too_large", 413, "http_request_error"},
    {Cause::request_timeout, "request_timeout", 408, "http_request_error"},
    {Cause::header_timeout, "header_timeout", 408, "http_request_error"},
    {Cause::body_timeout, "body_timeout", 408, "http_request_error"},
    {Cause::client_gone, "client_gone", 499, "http_request_error"},
    {Cause::client_too_slow, "client_too_slow", 408, "http_request_error"},
    {Cause::response_timeout, "response_timeout", 504, "http_response_timeout"},
    {Cause::response_reset, "response_reset", 502, "connection_terminated"},
    {Cause::response_malformed, "response_malformed", 502, "http_protocol_error"},
    {Cause::response_too_large, "response_too_large", 502, "http_response_header_section_size"},
    {Cause::response_truncated, "response_truncated", 502, "http_response_incomplete"},
    {Cause::retry_budget, "retry_budget", 503, "proxy_internal_response"},
    {Cause::deadline, "deadline", 504, "http_response_timeout"},
    {Cause::draining, "draining", 503, "proxy_internal_response"},
    {Cause::internal, "internal", 500, "proxy_internal_error"},
}};

constexpr bool rows_in_order() {
  for (int i = 0; i < kCauseCount; ++i) {
    if (static_cast<int>(kRows[static_cast<std::size_t>(i)].cause) != i) return false;
  }
  return true;
}
static_assert(rows_in_order(), "kRows is indexed by cause");

const Row& row(Cause cause) { return kRows[static_cast<std::size_t>(cause)]; }

constexpr std::array<std::string_view, 10> kPhases{
    "-", "accept", "tls", "request", "queue", "connect", "send", "wait", "respond", "tunnel"};

}  // namespace

std::string_view to_text(Cause cause) { return row(cause).text; }

std::string_view to_text(Phase phase) { return kPhases[static_cast<std::size_t>(phase)]; }

int status_of(const Error& error) {
  return error.status != 0 ? error.status : row(error.cause).status;
}

std::string_view proxy_status_type(Cause cause) { return row(cause).proxy_status; }

}  // namespace poise::base
