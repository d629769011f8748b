#include "proxy/ops/status_text.h"

#include "proxy/explain/text_table.h"
#include "proxy/ops/quantity_text.h"
#include "proxy/ops/trouble.h"

namespace poise::ops {
namespace {

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

// "502 x 3, 2xx 17"
std::string list_of(const Counts& counts) {
  std::string text;
  for (const auto& [word, count] : counts) {
    text += (text.empty() ? "" : ", ") + word + " " + count_text(count);
  }
  return or_dash(text);
}

std::string reload_line(const StatusView& status) {
  if (!status.last_reload) return "none since the start";
  if (status.last_reload->ok) return "taken at " + status.last_reload->at;
  return "refused at " + status.last_reload->at + ": " + status.last_reload->error;
}

std::string trouble_lines(const StatusView& status, const std::vector<PoolView>& pools) {
  const auto troubles = troubles_of(status, pools);
  if (troubles.empty()) return "all is well\n";
  std::string text;
  for (const Trouble& trouble : troubles) {
    text += (trouble.degree == Trouble::Degree::notice ? "  " : "! ") + trouble.words + "\n";
  }
  return text;
}

std::string process_lines(const StatusView& status) {
  explain::TextTable table;
  table.add({"poise", status.version + ", " + status.state + ", up " +
                          seconds_text(status.uptime_s) + ", pid " + count_text(status.pid) + ", " +
                          std::to_string(status.workers) +
                          (status.workers == 1 ? " worker, " : " workers, ") +
                          count_text(status.open_fds) + " descriptors"});
  table.add({"config",
             "generation " + count_text(status.generation) + ", reload " + reload_line(status)});
  table.add({"requests", count_text(status.requests_total) + ": " + list_of(status.codes)});
  table.add({"failures", list_of(status.failures)});
  table.add({"retries", count_text(status.retries_total)});
  table.add({"latency", "p50 " + milliseconds_text(status.latency.p50_ms) + ", p90 " +
                            milliseconds_text(status.latency.p90_ms) + ", p99 " +
                            milliseconds_text(status.latency.p99_ms) + "; of it poise itself p99 " +
                            milliseconds_text(status.self.p99_ms)});
  return table.text();
}

std::string listener_lines(const StatusView& status) {
  explain::TextTable table;
  table.add({"listener", "protocol", "bind", "connections", "ever"});
  for (const ListenerView& listener : status.listeners) {
    std::string bind;
    for (const auto& each : listener.bind) bind += (bind.empty() ? "" : " ") + each;
    table.add({listener.name, listener.protocol, bind, count_text(listener.connections),
               count_text(listener.connections_total)});
  }
  return table.text();
}

std::string pool_lines(const PoolView& pool) {
  explain::TextTable table;
  table.add(
      {"backend", "address", "state", "weight", "in flight", "requests", "p50", "p99", "failures"});
  for (const BackendView& each : pool.backends) {
    table.add({each.name, each.address, each.state, count_text(each.weight),
               count_text(each.in_flight), count_text(each.requests_total),
               milliseconds_text(each.latency.p50_ms), milliseconds_text(each.latency.p99_ms),
               list_of(each.failures)});
  }
  return "\npool " + pool.name + ": " + count_text(pool.healthy) + " of " + count_text(pool.total) +
         " serve, " + pool.balance + ", queue " + count_text(pool.queue) + ", retries " +
         count_text(pool.retries_total) + "\n" + table.text();
}

}  // namespace

std::string status_text(const StatusView& status, const std::vector<PoolView>& pools) {
  std::string text =
      trouble_lines(status, pools) + "\n" + process_lines(status) + "\n" + listener_lines(status);
  for (const PoolView& pool : pools) text += pool_lines(pool);
  return text;
}

std::string backend_line(const std::string& pool, const BackendView& backend) {
  std::string line = pool + "/" + backend.name + " (" + backend.address + "): " + backend.state +
                     ", weight " + count_text(backend.weight) + ", " +
                     count_text(backend.in_flight) + " in flight, " +
                     count_text(backend.connections) + " connections";
  if (backend.drain) {
    line += "; drains " + count_text(backend.drain->streams) + " streams and " +
            count_text(backend.drain->sessions) + " sessions";
    if (!backend.drain->deadline.empty()) line += " until " + clock_text(backend.drain->deadline);
  }
  return line;
}

}  // namespace poise::ops
