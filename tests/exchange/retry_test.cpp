#include "proxy/exchange/retry.h"

#include <catch2/catch.hpp>

using namespace poise;
using namespace poise::exchange;
using base::Cause;
using base::Error;
using base::Phase;
using base::Sent;
using http::Method;
using Verdict = RetryDecision::Verdict;

namespace {

Error failed_connect() {
  return {.cause = Cause::connect_refused, .phase = Phase::connect, .side = base::Side::backend};
}

Error reset(Sent sent) {
  return {.cause = Cause::response_reset,
          .phase = Phase::wait,
          .side = base::Side::backend,
          .sent = sent};
}

Error timed_out(Cause cause) {
  return {.cause = cause, .phase = Phase::wait, .sent = Sent::something};
}

bool retries(const FailedTry& failed, const pool::RetryConfig& config = {}) {
  return decide_retry(failed, config).verdict == Verdict::retry;
}

}  // namespace

TEST_CASE("a connection that never opened is tried again, whatever the method") {
  for (const Method method : {Method::get, Method::post, Method::patch, Method::other}) {
    CHECK(retries({.error = failed_connect(), .method = method}));
  }
}

TEST_CASE("a request that may have been worked on is sent again only when it is idempotent") {
  for (const Method method :
       {Method::get, Method::head, Method::put, Method::del, Method::options}) {
    CHECK(retries({.error = reset(Sent::something), .method = method}));
  }
  for (const Method method : {Method::post, Method::patch, Method::other, Method::connect}) {
    CHECK_FALSE(retries({.error = reset(Sent::something), .method = method}));
  }
}

TEST_CASE("a reset before a byte of the request left is safe for every method") {
  CHECK(retries({.error = reset(Sent::nothing), .method = Method::post}));
}

TEST_CASE("non-idempotent requests are sent again where the user says so") {
  pool::RetryConfig config;
  config.non_idempotent = true;
  CHECK(retries({.error = reset(Sent::something), .method = Method::post}, config));
}

TEST_CASE("there are as many retries as configured, after the first try") {
  pool::RetryConfig config;
  config.attempts = 2;
  CHECK(retries({.error = failed_connect(), .tries = 1}, config));
  CHECK(retries({.error = failed_connect(), .tries = 2}, config));
  CHECK_FALSE(retries({.error = failed_connect(), .tries = 3}, config));
  config.attempts = 0;
  CHECK_FALSE(retries({.error = failed_connect(), .tries = 1}, config));
}

TEST_CASE("a request whose body is gone is not tried again") {
  CHECK_FALSE(retries({.error = failed_connect(), .replayable = false}));
}

TEST_CASE("only what is configured is retried") {
  pool::RetryConfig no_connect;
  no_connect.on_connect = false;
  CHECK_FALSE(retries({.error = failed_connect()}, no_connect));
  CHECK(retries({.error = reset(Sent::something)}, no_connect));
  pool::RetryConfig no_reset;
  no_reset.on_reset_before_response = false;
  CHECK_FALSE(retries({.error = reset(Sent::something)}, no_reset));
  CHECK(retries({.error = failed_connect()}, no_reset));
}

TEST_CASE("a timeout is retried only where a try has one") {
  CHECK_FALSE(retries({.error = timed_out(Cause::response_timeout)}));
  pool::RetryConfig config;
  config.try_timeout = std::chrono::seconds(1);
  CHECK(retries({.error = timed_out(Cause::response_timeout), .timed_try = true}, config));
  CHECK_FALSE(retries(
      {.error = timed_out(Cause::response_timeout), .method = Method::post, .timed_try = true},
      config));
}

TEST_CASE("answers, the client's faults and our own limits are never retried") {
  for (const Cause cause :
       {Cause::response_malformed, Cause::response_truncated, Cause::response_too_large,
        Cause::client_gone, Cause::request_malformed, Cause::deadline, Cause::retry_budget,
        Cause::no_route, Cause::denied, Cause::internal, Cause::none}) {
    CHECK_FALSE(retries({.error = {.cause = cause}}));
  }
}

TEST_CASE("what a drain has ended may go elsewhere where it can be repeated") {
  const base::Error ended{.cause = Cause::draining, .phase = Phase::wait, .sent = Sent::something};
  CHECK(retries({.error = ended}));
  CHECK_FALSE(retries({.error = ended, .method = Method::post}));
  const base::Error waited{.cause = Cause::draining, .phase = Phase::queue};
  CHECK(retries({.error = waited, .method = Method::post}));
}

TEST_CASE("a stale warm connection blames nobody and costs no budget") {
  const auto decision =
      decide_retry({.error = reset(Sent::something), .reused = true}, pool::RetryConfig{});
  CHECK(decision.verdict == Verdict::retry);
  CHECK(decision.fresh_connection);
  CHECK_FALSE(decision.charge_budget);
}

TEST_CASE("a reset on a fresh connection avoids the backend and is charged") {
  const auto decision = decide_retry({.error = reset(Sent::something)}, pool::RetryConfig{});
  CHECK_FALSE(decision.fresh_connection);
  CHECK(decision.charge_budget);
}

TEST_CASE("a try that reached no application is not charged, but its backend avoided") {
  const auto decision = decide_retry({.error = failed_connect()}, pool::RetryConfig{});
  CHECK_FALSE(decision.fresh_connection);
  CHECK_FALSE(decision.charge_budget);
}
