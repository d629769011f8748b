#include "proxy/exchange/retry.h"

namespace poise::exchange {
namespace {

using base::Cause;
using base::Phase;

bool never_reached_backend(const base::Error& error) {
  return error.phase == Phase::connect || error.phase == Phase::tls ||
         error.phase == Phase::queue || error.sent == base::Sent::nothing;
}

bool is_configured(const FailedTry& failed, const pool::RetryConfig& config) {
  switch (failed.error.cause) {
    case Cause::connect_refused:
    case Cause::connect_timeout:
    case Cause::connect_unreachable:
    case Cause::connect_tls:
    case Cause::queue_full:
    case Cause::queue_timeout:
      return config.on_connect;
    case Cause::response_reset:
    case Cause::draining:  // poise itself has reset it
      return config.on_reset_before_response;
    case Cause::response_timeout:
      return failed.timed_try;
    default:
      return false;
  }
}

}  // namespace

RetryDecision decide_retry(const FailedTry& failed, const pool::RetryConfig& config) {
  if (failed.tries > config.attempts || !failed.replayable) return {};
  if (!is_configured(failed, config)) return {};
  const bool unprocessed = never_reached_backend(failed.error);
  const bool repeatable = http::is_idempotent(failed.method) || config.non_idempotent;
  if (!unprocessed && !repeatable) return {};
  const bool stale = failed.reused && failed.error.cause == Cause::response_reset;
  return {.verdict = RetryDecision::Verdict::retry,
          .fresh_connection = stale,
          .charge_budget = !unprocessed && !stale};
}

}  // namespace poise::exchange
