#include <map>

#include "proxy/admin/metrics_export_parts.h"
#include "proxy/server/process_stats.h"

namespace poise::admin {
namespace {

void add_gauge(Families& families, const char* name, const char* help, double value) {
  Family family = Family::gauge(name, help);
  family.add({}, value);
  family.move_to(families);
}

void add_counter(Families& families, const char* name, const char* help, double value) {
  Family family = Family::counter(name, help);
  family.add({}, value);
  family.move_to(families);
}

void export_workers(const server::MetricsView& view, Families& families) {
  Family lag = Family::histogram(
      "poise_worker_loop_lag_seconds",
      "How long each turn of a worker's loop lasted: the longest that anything waited for it.",
      Scale::own);
  std::map<std::size_t, std::uint64_t> connections;
  view.workers->for_each_worker([&](std::size_t worker, const server::WorkerCells& cells) {
    base::HistogramSum sum;
    sum.add(cells.turns);
    lag.add({{"worker", std::to_string(worker)}}, sum);
    connections[worker] = 0;
  });
  for (const auto& listener : view.listeners) {
    listener->cells.for_each_worker([&](std::size_t worker, const exchange::ListenerCells& cells) {
      if (worker == base::kCarriedOver) return;
      connections[worker] += cells.connections.read();
    });
  }
  Family open =
      Family::gauge("poise_worker_connections", "Client connections that are open, by worker.");
  for (const auto& [worker, count] : connections) {
    open.add({{"worker", std::to_string(worker)}}, count);
  }
  lag.move_to(families);
  open.move_to(families);
}

void export_config(const server::ReloadState& state, Families& families) {
  const std::chrono::duration<double> last = state.last_success.time_since_epoch();
  add_gauge(families, "poise_config_last_reload_successful",
            "1 unless the last reload was refused.", state.last_successful ? 1 : 0);
  add_gauge(families, "poise_config_last_reload_timestamp_seconds",
            "When the configuration in force was taken up.", last.count());
  add_counter(families, "poise_config_reloads_total", "Reloads asked for, whatever came of them.",
              static_cast<double>(state.reloads));
  add_gauge(families, "poise_config_generation",
            "Number of the configuration in force; 1 is that of the start.",
            static_cast<double>(state.generation));
}

void export_stats(const server::ProcessStats& stats, Families& families) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  add_gauge(families, "poise_open_fds", "Open file descriptors.", number(stats.open_fds));
  add_counter(families, "process_cpu_seconds_total", "User and system CPU time spent.",
              stats.cpu_seconds);
  add_gauge(families, "process_open_fds", "Open file descriptors.", number(stats.open_fds));
  add_gauge(families, "process_max_fds", "Most file descriptors that may be open.",
            number(stats.max_fds));
  add_gauge(families, "process_virtual_memory_bytes", "Virtual memory size.",
            number(stats.virtual_bytes));
  add_gauge(families, "process_resident_memory_bytes", "Resident memory size.",
            number(stats.resident_bytes));
  add_gauge(families, "process_threads", "Threads of the process.", number(stats.threads));
  add_gauge(families, "process_start_time_seconds", "Start of the process, since the epoch.",
            stats.start_time_seconds);
}

}  // namespace

void export_process(const server::MetricsView& view, const std::string& version,
                    Families& families) {
  export_workers(view, families);
  export_config(view.reload, families);
  Family build = Family::gauge("poise_build_info", "1, with the version that runs.");
  build.add({{"version", version}}, 1.0);
  build.move_to(families);
  export_stats(server::read_process_stats(), families);
}

}  // namespace poise::admin
