#include "proxy/kit/alert_rules.h"

#include <cmath>

#include "proxy/kit/promql.h"

namespace poise::kit {
namespace {

using Severity = AlertRule::Severity;

// The client's own doing: many of them are no fault of poise or its backends.
constexpr const char* kOurs =
    "cause!~\"client_gone|client_too_slow|request_malformed|request_smuggling|request_too_large|"
    "header_timeout|body_timeout|denied|rate_limited|no_route\"";

double in_seconds(base::Duration time) { return std::chrono::duration<double>(time).count(); }

std::string plain(double number) { return seconds(number); }

AlertGroup process_rules() {
  return {
      "poise",
      "",
      "",
      {{"PoiseGone", "absent(poise_build_info)", "1m", Severity::critical, "No poise is scraped",
        "Prometheus gets no metrics from any poise: it is down, or its admin listener is."},
       {"PoiseReloadRefused", "poise_config_last_reload_successful == 0", "1m", Severity::warning,
        "The configuration on {{ $labels.instance }} was refused",
        "poise runs on with the one before. `poise check -c FILE` says what is wrong."},
       {"PoiseLoopLag",
        quantile("0.99", "poise_worker_loop_lag_seconds", "", "instance, worker", "5m") + " > 0.1",
        "5m", Severity::warning, "Worker {{ $labels.worker }} of {{ $labels.instance }} lags",
        "Its event loop is late by {{ $value | humanizeDuration }} (p99): too little CPU, or one "
        "connection takes too much of it."},
       {"PoiseFewDescriptors", "poise_open_fds / process_max_fds > 0.8", "5m", Severity::warning,
        "{{ $labels.instance }} is running out of file descriptors",
        "{{ $value | humanizePercentage }} of its descriptors are open; raise LimitNOFILE."}}};
}

// Two windows: the long one says that it matters, the short one that it is not over.
AlertRule failing(const conf::ListenerConfig& listener, double share, const char* window,
                  const char* short_window, Severity severity) {
  const std::string of = matcher("listener", listener.name);
  const auto ratio = [&](const char* span) {
    return "sum by (instance) (" + rate("poise_request_failures_total", of + "," + kOurs, span) +
           ") / sum by (instance) (" + rate("poise_requests_total", of, span) + ") > " +
           plain(share);
  };
  return {"PoiseRequestsFail",
          "(" + ratio(window) + ") and (" + ratio(short_window) + ")",
          "2m",
          severity,
          "Requests to listener " + listener.name + " fail",
          "{{ $value | humanizePercentage }} of its requests were answered or cut by poise itself "
          "on {{ $labels.instance }}. The cause label of poise_request_failures_total says why, "
          "GET /api/v1/failures shows single requests."};
}

AlertGroup listener_rules(const conf::ListenerConfig& listener) {
  AlertGroup group{"poise-listener-" + listener.name, "listener", listener.name, {}};
  if (listener.protocol == conf::Protocol::http) {
    group.rules.push_back(failing(listener, 0.05, "5m", "1m", Severity::critical));
    group.rules.push_back(failing(listener, 0.01, "1h", "5m", Severity::warning));
  }
  if (listener.limits.connections > 0) {
    group.rules.push_back(
        {"PoiseConnectionsFull",
         series("poise_connections", matcher("listener", listener.name)) + " > " +
             plain(0.9 * listener.limits.connections),
         "1m", Severity::warning, "Listener " + listener.name + " is nearly full",
         "{{ $value }} of " + std::to_string(listener.limits.connections) +
             " connections (limits.connections); beyond them, clients wait in the kernel."});
  }
  return group;
}

AlertRule pool_down(const std::string& name, const std::string& of) {
  return {"PoisePoolDown",
          "sum by (instance) (" + series("poise_backend_up", of) + ") == 0",
          "15s",
          Severity::critical,
          "Pool " + name + " has no backend that serves",
          "On {{ $labels.instance }}. `poise status` says of each backend why."};
}

AlertRule backend_down(const std::string& name, const std::string& of) {
  return {"PoiseBackendDown",
          series("poise_backend_up", of) + " == 0",
          "2m",
          Severity::warning,
          "Backend {{ $labels.backend }} of pool " + name + " does not serve",
          "It is down or ejected on {{ $labels.instance }}. `poise status` says why."};
}

// Half of it: time to act before requests are cut.
AlertRule slow(const pool::PoolConfig& pool, const std::string& of) {
  const double limit = in_seconds(pool.timeouts.response_header);
  return {"PoiseBackendSlow",
          quantile("0.99", "poise_backend_wait_seconds", of, "instance, backend", "5m") + " > " +
              plain(limit / 2),
          "5m",
          Severity::warning,
          "Backend {{ $labels.backend }} of pool " + pool.name + " answers late",
          "p99 to its first byte is {{ $value | humanizeDuration }}; at " + plain(limit) +
              " s (timeouts.response_header) poise gives up."};
}

AlertGroup pool_rules(const pool::PoolConfig& pool) {
  const std::string of = matcher("pool", pool.name);
  AlertGroup group{"poise-pool-" + pool.name,
                   "pool",
                   pool.name,
                   {pool_down(pool.name, of), backend_down(pool.name, of)}};
  if (pool.timeouts.response_header.count() > 0) group.rules.push_back(slow(pool, of));
  if (pool.queue.size > 0) {
    group.rules.push_back(
        {"PoiseQueueGrows", series("poise_queue_length", of) + " > 0", "1m", Severity::warning,
         "Requests wait in line for pool " + pool.name,
         "{{ $value }} on {{ $labels.instance }}, for a minute: its backends have no room "
         "(connections.max). After queue.timeout they get 503 queue_timeout."});
  }
  group.rules.push_back(
      {"PoiseRetryBudgetEmpty",
       "increase(" + series("poise_retry_budget_exhausted_total", of) + "[5m]) > 0", "1m",
       Severity::warning, "The retry budget of pool " + pool.name + " is empty",
       "More of its requests fail than retry.budget covers: repeating them would only add load."});
  if (pool.panic > 0) {
    group.rules.push_back({"PoisePoolPanics", series("poise_panic", of) + " == 1", "0s",
                           Severity::critical, "Pool " + pool.name + " ignores health",
                           "So few of its backends are fit that all get traffic (panic)."});
  }
  return group;
}

}  // namespace

std::vector<AlertGroup> alert_groups(const conf::Config& config) {
  std::vector<AlertGroup> groups{process_rules()};
  for (const auto& listener : config.listeners) {
    AlertGroup group = listener_rules(listener);
    if (!group.rules.empty()) groups.push_back(std::move(group));
  }
  for (const auto& pool : config.pools) groups.push_back(pool_rules(pool));
  return groups;
}

}  // namespace poise::kit
