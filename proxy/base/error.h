// Why a request or a session failed: one cause, the phase it happened in, and whose fault it was.
// An Error is a trivially copyable value that rises to the owner of what failed; one table maps its
// cause to a status code, an RFC 9209 error type and the word shown in logs and metrics.
#pragma once

#include <cstdint>
#include <string_view>

namespace poise::base {

enum class Cause : std::uint8_t {
  none,
  no_route,
  no_backend,
  all_unhealthy,
  connect_refused,
  connect_timeout,
  connect_unreachable,
  connect_tls,
  dns_failed,
  queue_full,
  queue_timeout,
  breaker_open,
  shed,
  rate_limited,
  denied,
  request_malformed,
  request_smuggling,
  request_too_large,
  request_timeout,
  header_timeout,
  body_timeout,
  client_gone,
  client_too_slow,
  response_timeout,
  response_reset,
  response_malformed,
  response_too_large,
  response_truncated,
  retry_budget,
  deadline,
  draining,
  internal,
};
inline constexpr int kCauseCount = static_cast<int>(Cause::internal) + 1;

enum class Phase : std::uint8_t {
  none,
  accept,
  tls,
  request,
  queue,
  connect,
  send,
  wait,
  respond,
  tunnel,
};

enum class Side : std::uint8_t { local, client, backend };

// What the peer may already have seen of the request when it failed.
enum class Sent : std::uint8_t { nothing, something };

struct Error {
  Cause cause = Cause::none;
  Phase phase = Phase::none;
  Side side = Side::local;
  Sent sent = Sent::nothing;
  std::uint16_t status = 0;  // 0: the cause's own status; else what to answer instead
  int system = 0;            // errno, or 0
  const char* detail = "";   // a string literal; goes into Proxy-Status and the log

  explicit operator bool() const { return cause != Cause::none; }
};

std::string_view to_text(Cause cause);
std::string_view to_text(Phase phase);

// The status poise answers for the cause when nothing was sent yet.
int status_of(const Error& error);

// The RFC 9209 section 2.3 proxy error type, such as "connection_refused".
std::string_view proxy_status_type(Cause cause);

}  // namespace poise::base
