// What the admin of a running poise tells, as plain structs: /api/v1/status, /api/v1/pools, and the
// events of /api/v1/events. Reading is pure and lenient: another version of poise may say more or
// less. Rates are per second, latencies milliseconds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proxy/ops/json_read.h"

namespace poise::ops {

struct Latency {
  std::optional<double> p50_ms, p90_ms, p99_ms;  // none: nothing was measured
};

struct Transition {
  std::string at, pool, backend, from, to, reason, evidence;
};

struct DrainUnderWay {
  std::string deadline;
  double streams = 0;
  double sessions = 0;
};

struct BackendView {
  std::string name, address, state, zone;
  double weight = 0, tier = 0, in_flight = 0, connections = 0, requests_total = 0, rps = 0;
  Counts codes, failures;
  Latency latency;
  std::optional<Transition> last;
  std::optional<DrainUnderWay> drain;

  bool serves() const { return state == "up" || state == "probation"; }
  bool is_broken() const { return state == "down" || state == "ejected"; }
};

struct PoolView {
  std::string name, balance;
  double healthy = 0, total = 0, queue = 0, retries_total = 0, budget_exhausted_total = 0;
  bool panic = false;
  std::vector<BackendView> backends;
};

struct ReloadView {
  bool ok = true;
  std::string at, error;
};

struct ListenerView {
  std::string name, protocol;
  std::vector<std::string> bind;
  double connections = 0, connections_total = 0;
};

struct StatusView {
  std::string version, state;
  double pid = 0, uptime_s = 0, generation = 0, requests_total = 0, retries_total = 0, open_fds = 0;
  std::optional<ReloadView> last_reload;
  std::vector<ListenerView> listeners;
  std::size_t workers = 0;
  Counts codes, failures;
  Latency latency, self;
};

struct TickView {
  std::string at;
  double rps = 0, in_flight = 0, queue = 0, retries_per_s = 0;
  Counts failures_per_s, codes_per_s;
  Latency latency;
  std::optional<double> self_p99_ms;
  std::vector<PoolView> pools;
};

StatusView read_status(const Json& json);
BackendView read_backend(const Json& json);
std::vector<PoolView> read_pools(const Json& json);
TickView read_tick(const Json& json);
Transition read_transition(const Json& json);

}  // namespace poise::ops
