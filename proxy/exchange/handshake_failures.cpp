#include "proxy/exchange/handshake_failures.h"

#include "proxy/exchange/record_parts.h"

namespace poise::exchange {
namespace {

using base::Cause;
using tls::HandshakeResult;

Cause cause_of(HandshakeResult result) {
  switch (result) {
    case HandshakeResult::timeout:
      return Cause::request_timeout;
    case HandshakeResult::closed:
    case HandshakeResult::alert:
      return Cause::client_gone;
    case HandshakeResult::unknown_name:
    case HandshakeResult::certificate:
      return Cause::denied;
    case HandshakeResult::shed:
      return Cause::shed;
    case HandshakeResult::ok:
    case HandshakeResult::plain_http:
    case HandshakeResult::incompatible:
    case HandshakeResult::malformed:
      break;
  }
  return Cause::request_malformed;
}

}  // namespace

base::Error error_of(const tls::HandshakeFailure& failure) {
  return {.cause = cause_of(failure.result),
          .phase = base::Phase::tls,
          .side = base::Side::client,
          .system = failure.system,
          .detail = "TLS handshake failed"};
}

AccessRecord record_of(const tls::HandshakeFailure& failure, std::string_view client) {
  const base::Error error = error_of(failure);
  AccessRecord record;
  record.time = wall_clock();
  record.client = client;
  record.proto = "tls";
  record.has_request = false;
  record.cause = error.cause;
  record.phase = error.phase;
  record.tls_time = failure.took;
  record.total_time = failure.took;
  return record;
}

}  // namespace poise::exchange
