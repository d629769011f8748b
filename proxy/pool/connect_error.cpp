#include "proxy/pool/connect_error.h"

#include <cerrno>
#include <string>

#include "proxy/base/lasting_text.h"

namespace poise::pool {

base::Error connect_error(int system_error) {
  using base::Cause;
  base::Error error{
      .phase = base::Phase::connect, .side = base::Side::backend, .system = system_error};
  switch (system_error) {
    case ETIMEDOUT:
      error.cause = Cause::connect_timeout;
      error.detail = "connect timed out";
      break;
    case ECONNREFUSED:
    case ECONNRESET:
    case ENOENT:
      error.cause = Cause::connect_refused;
      error.detail = "connection refused";
      break;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      error.cause = Cause::internal;
      error.side = base::Side::local;
      error.status = 503;
      error.detail = "out of descriptors or memory";
      break;
    default:
      error.cause = Cause::connect_unreachable;
      error.detail = "backend unreachable";
      break;
  }
  return error;
}

base::Error connect_error(const tls::ConnectFailure& failure) {
  using base::Cause;
  if (!failure.in_tls) return connect_error(failure.system);
  const bool is_late = failure.result == tls::HandshakeResult::timeout;
  return {.cause = is_late ? Cause::connect_timeout : Cause::connect_tls,
          .phase = base::Phase::tls,
          .side = base::Side::backend,
          .system = failure.system,
          .detail = base::lasting_text("TLS to the backend: " + failure.detail)};
}

}  // namespace poise::pool
