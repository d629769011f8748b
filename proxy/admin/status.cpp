#include "proxy/admin/status.h"

#include <unistd.h>

#include "proxy/admin/json_parts.h"
#include "proxy/server/event_texts.h"
#include "proxy/server/process_stats.h"

namespace poise::admin {
namespace {

const char* word_of(server::RunState state) {
  switch (state) {
    case server::RunState::starting:
      return "starting";
    case server::RunState::running:
      return "running";
    case server::RunState::draining:
      break;
  }
  return "draining";
}

// null before the first.
Json last_reload(const server::ReloadState& state) {
  if (state.reloads == 0) return nullptr;
  return {{"ok", state.last_successful},
          {"at", server::time_text(state.last_attempt)},
          {"error", state.last_error},
          {"took_ms", milliseconds(state.last_took)}};
}

Json workers_of(const server::Summary& summary) {
  Json json = Json::array();
  for (const server::WorkerSummary& worker : summary.workers) {
    json.push_back({{"id", worker.index},
                    {"connections", worker.connections},
                    {"loop_lag_p99_ms", milliseconds(worker.lag_p99)}});
  }
  return json;
}

// Beside where it listens: port 0 has been replaced there.
Json listeners_of(const server::Server& server, const server::Summary& summary) {
  const auto& config = server.snapshot().config.listeners;
  const auto bound = server.bound();
  Json json = Json::array();
  for (std::size_t i = 0; i < config.size() && i < bound.size(); ++i) {
    Json binds = Json::array();
    for (const net::Address& address : bound[i]) binds.push_back(address.text());
    const auto& sums = summary.listeners[i].totals;
    json.push_back({{"name", config[i].name},
                    {"bind", std::move(binds)},
                    {"protocol", std::string(conf::to_text(config[i].protocol))},
                    {"connections", sums.connections},
                    {"connections_total", sums.connections_total}});
  }
  return json;
}

}  // namespace

void show_status(Facilities& facilities, const Request&, Reply reply) {
  server::Server& server = facilities.server;
  const server::Summary summary = server.summary();
  const server::ReloadState& reload = server.reload_state();
  const auto up = std::chrono::duration<double>(server.uptime());
  const Json json{
      {"version", facilities.version},
      {"pid", ::getpid()},
      {"uptime_s", up.count()},
      {"generation", reload.generation},
      {"state", word_of(server.state())},
      {"last_reload", last_reload(reload)},
      {"workers", workers_of(summary)},
      {"listeners", listeners_of(server, summary)},
      {"requests_total", total_of(summary.requests)},
      {"codes", by_class(summary.requests)},
      {"failures", by_cause(summary.failures)},
      {"retries_total", summary.retries},
      {"latency",
       {{"p50_ms", milliseconds(summary.duration.p50)},
        {"p90_ms", milliseconds(summary.duration.p90)},
        {"p99_ms", milliseconds(summary.duration.p99)}}},
      {"self",
       {{"p50_ms", milliseconds(summary.self.p50)}, {"p99_ms", milliseconds(summary.self.p99)}}},
      {"open_fds", server::count_open_fds()}};
  reply.json(text_of(json));
}

}  // namespace poise::admin
