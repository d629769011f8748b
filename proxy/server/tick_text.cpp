#include "proxy/server/tick_text.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "proxy/base/log_clock.h"

namespace poise::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, base::kStatusClasses> kClassNames{"1xx", "2xx", "3xx", "4xx",
                                                                    "5xx"};

// A number as people read it: what is beyond the third decimal is noise.
double rounded(double value) { return std::round(value * 1000) / 1000; }

double milliseconds(base::Duration duration) {
  return rounded(std::chrono::duration<double, std::milli>(duration).count());
}

Json by_class(const std::array<double, base::kStatusClasses>& rates) {
  Json object = Json::object();
  for (std::size_t i = 0; i < rates.size(); ++i) {
    if (rates[i] > 0) object[kClassNames[i]] = rounded(rates[i]);
  }
  return object;
}

Json by_cause(const std::array<double, base::kCauseCount>& rates) {
  Json object = Json::object();
  for (std::size_t i = 0; i < rates.size(); ++i) {
    if (rates[i] > 0)
      object[std::string(base::to_text(static_cast<base::Cause>(i)))] = rounded(rates[i]);
  }
  return object;
}

Json backend_json(const BackendSummary& backend) {
  return {{"name", backend.record->name},
          {"state", state_text(backend.status)},
          {"weight", backend.weight},
          {"in_flight", backend.totals.in_flight},
          {"connections", backend.connections},
          {"rps", rounded(backend.requests_per_s)},
          {"p50_ms", milliseconds(backend.duration.p50)},
          {"p99_ms", milliseconds(backend.duration.p99)}};
}

Json pool_json(const PoolSummary& pool) {
  Json backends = Json::array();
  for (const BackendSummary& backend : pool.backends) backends.push_back(backend_json(backend));
  return {{"name", pool.plan->config.name},    {"healthy", pool.healthy},
          {"total", pool.backends.size()},     {"panic", pool.panics},
          {"queue", pool.totals.queue_length}, {"backends", std::move(backends)}};
}

}  // namespace

std::string tick_text(const Summary& summary, base::WallTime at) {
  base::LogClock clock;
  Json pools = Json::array();
  for (const PoolSummary& pool : summary.pools) pools.push_back(pool_json(pool));
  const Json tick{{"at", std::string(clock.rfc3339(at))},
                  {"rps", rounded(summary.requests_per_s)},
                  {"codes_per_s", by_class(summary.requests_per_s_by_class)},
                  {"failures_per_s", by_cause(summary.failures_per_s)},
                  {"p50_ms", milliseconds(summary.duration.p50)},
                  {"p90_ms", milliseconds(summary.duration.p90)},
                  {"p99_ms", milliseconds(summary.duration.p99)},
                  {"self_p99_ms", milliseconds(summary.self.p99)},
                  {"in_flight", summary.in_flight},
                  {"queue", summary.queue_length},
                  {"retries_per_s", rounded(summary.retries_per_s)},
                  {"generation", summary.view.reload.generation},
                  {"pools", std::move(pools)}};
  // Names come from the configuration, which may be no UTF-8.
  return tick.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace poise::server
