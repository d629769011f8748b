// Decides whether a failed try may be made again, and how. Pure.
#pragma once

#include <cstdint>

#include "proxy/base/error.h"
#include "proxy/http/message.h"
#include "proxy/pool/pool_config.h"

namespace poise::exchange {

struct FailedTry {
  base::Error error;
  http::Method method = http::Method::get;
  std::uint32_t tries = 1;  // made so far, this one included
  bool reused = false;      // it went over a connection that had carried requests before
  bool replayable = true;   // the request's body, if any, is still at hand from its start
  bool timed_try = false;   // tries have a time limit of their own, so another one may follow
};

struct RetryDecision {
  enum class Verdict : std::uint8_t { give_up, retry };
  Verdict verdict = Verdict::give_up;
  // A warm connection turned out dead: others may be as stale, so the next try opens its own.
  bool fresh_connection = false;
  // A try that reached no application costs it nothing, so it is not charged to the budget.
  bool charge_budget = true;
};

RetryDecision decide_retry(const FailedTry& failed, const pool::RetryConfig& config);

}  // namespace poise::exchange
