#include "proxy/explain/settings_in_force.h"

#include <cstdio>

#include "conf/reader/quantities.h"

namespace poise::explain {
namespace {

constexpr std::string_view kNone = "none";

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

std::string share_text(double share) { return number_text(share * 100) + "%"; }

std::string count_text(std::uint64_t count) {
  return count == 0 ? std::string(kNone) : std::to_string(count);
}

// As it can be read back: in the largest unit that divides it.
std::string size_text(base::ByteCount size) {
  if (size == 0) return std::string(kNone);
  for (const auto& [shift, unit] : {std::pair{30, "GiB"}, {20, "MiB"}, {10, "KiB"}}) {
    const base::ByteCount factor = base::ByteCount{1} << shift;
    if (size % factor == 0) return std::to_string(size / factor) + unit;
  }
  return std::to_string(size);
}

std::string yes_or_no(bool yes) { return yes ? "true" : "false"; }

std::string retried(const pool::RetryConfig& retry) {
  std::string on;
  const auto add = [&](bool is_on, const char* word) {
    if (is_on) on += (on.empty() ? "" : ", ") + std::string(word);
  };
  add(retry.on_connect, "connect");
  add(retry.on_reset_before_response, "reset-before-response");
  add(retry.on_refused_stream, "refused-stream");
  return "[" + on + "]";
}

std::string active_text(const health::ActiveConfig& active) {
  if (active.probe == nullptr) return "no probes";
  return std::string(active.probe->kind()) + " probe every " + conf::to_text(active.interval) +
         " (timeout " + conf::to_text(active.timeout) + ", max_latency " +
         timeout_text(active.max_latency) + ", rise " + std::to_string(active.rise) + ", fall " +
         std::to_string(active.fall) +
         (active.initial == health::Initial::down ? ", initial down)" : ")");
}

std::string passive_text(const health::PassiveConfig& passive) {
  if (!passive.enabled) return "traffic is not judged";
  std::string text = "traffic: " + count_text(passive.consecutive_failures) + " failures in a row";
  if (passive.failure_percent > 0) {
    text += ", " + share_text(passive.failure_percent) + " in " + conf::to_text(passive.window);
  }
  if (passive.latency_factor > 0) {
    text += ", " + number_text(passive.latency_factor) + " times the others' latency";
  }
  return text + " eject for " + conf::to_text(passive.eject) + ", at most " +
         share_text(passive.max_ejected) + " of the pool";
}

}  // namespace

std::string timeout_text(base::Duration timeout) {
  return timeout.count() == 0 ? std::string(kNone) : conf::to_text(timeout);
}

Pairs limits_of(const conf::ListenerConfig& listener) {
  const http::LimitsConfig& limits = listener.limits;
  Pairs pairs{{"connections", count_text(limits.connections)}};
  if (listener.protocol != conf::Protocol::http) return pairs;
  pairs.emplace_back("header_bytes", size_text(limits.header_bytes));
  pairs.emplace_back("headers", count_text(limits.headers));
  pairs.emplace_back("uri_bytes", size_text(limits.uri_bytes));
  pairs.emplace_back("body_bytes", size_text(limits.body_bytes));
  pairs.emplace_back("requests_per_connection", count_text(limits.requests_per_connection));
  return pairs;
}

Pairs timeouts_of(const conf::ListenerConfig& listener) {
  const http::TimeoutsConfig& timeouts = listener.timeouts;
  if (listener.protocol == conf::Protocol::tcp) return {{"idle", timeout_text(timeouts.idle)}};
  if (listener.protocol == conf::Protocol::tls_passthrough) {
    return {{"handshake", timeout_text(timeouts.handshake)}, {"idle", timeout_text(timeouts.idle)}};
  }
  return {{"header", timeout_text(timeouts.header)},
          {"body_idle", timeout_text(timeouts.body_idle)},
          {"idle", timeout_text(timeouts.idle)},
          {"write_idle", timeout_text(timeouts.write_idle)},
          {"request", timeout_text(timeouts.request)}};
}

Pairs connections_of(const pool::PoolConfig& pool, conf::Protocol protocol) {
  const pool::ConnectionsConfig& connections = pool.connections;
  if (protocol == conf::Protocol::tcp) {
    return {{"max", count_text(connections.max)},
            {"connect_timeout", timeout_text(connections.connect_timeout)}};
  }
  return {{"max", count_text(connections.max)},
          {"idle", std::to_string(connections.idle)},
          {"idle_timeout", timeout_text(connections.idle_timeout)},
          {"connect_timeout", timeout_text(connections.connect_timeout)},
          {"max_age", timeout_text(connections.max_age)}};
}

Pairs queue_of(const pool::PoolConfig& pool) {
  return {{"size", std::to_string(pool.queue.size)}, {"timeout", timeout_text(pool.queue.timeout)}};
}

Pairs balancing_of(const pool::PoolConfig& pool) {
  return {{"slow_start", timeout_text(pool.slow_start)}, {"panic", share_text(pool.panic)}};
}

Pairs retry_of(const pool::RetryConfig& retry, conf::Protocol protocol) {
  Pairs pairs{{"attempts", std::to_string(retry.attempts)}, {"on", retried(retry)}};
  if (protocol == conf::Protocol::http) {
    pairs.emplace_back("budget", share_text(retry.budget));
    pairs.emplace_back("min_per_second", std::to_string(retry.min_per_second));
    pairs.emplace_back("non_idempotent", yes_or_no(retry.non_idempotent));
    pairs.emplace_back("replay_bytes", size_text(retry.replay_bytes));
  }
  pairs.emplace_back("backoff", timeout_text(retry.backoff));
  return pairs;
}

Pairs timeouts_of(const pool::PoolConfig& pool, base::Duration try_timeout) {
  return {{"try", timeout_text(try_timeout)},
          {"response_header", timeout_text(pool.timeouts.response_header)},
          {"response_idle", timeout_text(pool.timeouts.response_idle)}};
}

std::string health_line(const health::HealthConfig& health) {
  return active_text(health.active) + "; " + passive_text(health.passive);
}

}  // namespace poise::explain
