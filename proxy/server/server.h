// The running process: opens the listening sockets, starts the workers, handles signals on the
// control thread, takes up new configurations and leads the drain. Owned by main.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conf/load.h"
#include "proxy/base/result.h"
#include "proxy/net/loop.h"
#include "proxy/net/signals.h"
#include "proxy/net/supervisor.h"
#include "proxy/server/backend_health.h"
#include "proxy/server/connection_limit.h"
#include "proxy/server/control_port.h"
#include "proxy/server/discovery.h"
#include "proxy/server/event_hub.h"
#include "proxy/server/flight_search.h"
#include "proxy/server/inheritance.h"
#include "proxy/server/listening.h"
#include "proxy/server/metrics_view.h"
#include "proxy/server/pulse.h"
#include "proxy/server/record_registry.h"
#include "proxy/server/reload_state.h"
#include "proxy/server/snapshot.h"
#include "proxy/server/take_over.h"
#include "proxy/server/upgrade.h"
#include "proxy/server/watchdog.h"
#include "proxy/server/worker.h"
#include "proxy/tracing/otlp_exporter.h"

namespace poise::server {

// Loads the configuration again, with its warnings.
using ConfigSource = std::function<conf::Loaded(conf::Diagnostics& warnings)>;

enum class RunState : std::uint8_t { starting, running, draining };

// What a process brings along beside its configuration.
struct Origin {
  std::optional<Program> program;  // to be started again for an upgrade
  Inheritance inherited{};
};

class Server final : private Upgrade::Owner, private TakeOver::Owner {
 public:
  // Requires: `config` passed conf::check. Without a source there is nothing to reload from.
  explicit Server(conf::Config config, ConfigSource source = nullptr, Origin origin = {});
  ~Server();

  // To be followed from open() on; it outlives run().
  void add_port(ControlPort& port) { port_ = &port; }

  // Everything that can fail for the environment's sake; the error is for the user.
  base::Result<bool, std::string> open();
  // Where each listener really listens, in the order of the configuration.
  std::vector<std::vector<net::Address>> bound() const;

  // Until a signal ends it: 0; or 3, when it could not take over from another process.
  int run();

  // While it runs, on its loop. Both change all or nothing.
  void reload();
  // Another configuration, which passed conf::check. Empty, or why it is refused; then nothing
  // changed.
  std::string apply(conf::Config next) { return apply(std::move(next), loop_.read_now()); }

  // Starts the executable again that this process was started from, to take its place.
  void upgrade(Upgrade::Told told = nullptr);

  net::Loop& loop() { return loop_; }
  const Snapshot& snapshot() const { return *snapshot_; }
  const ReloadState& reload_state() const { return reload_state_; }
  RunState state() const;
  EventHub& events() { return events_; }
  // Asks all workers; `done` is called from the loop, within about a second.
  void search_flights(flight::Query query, FlightSearch::Done done);
  MetricsView metrics_view() const;
  Summary summary() const { return pulse_.summary(); }

 private:
  struct Taking;

  // The parts of a configuration that can fail.
  struct Prepared {
    std::size_t workers = 0;
    std::shared_ptr<exchange::AccessLogFile> log;
    PreparedListeners listeners;
    ControlPort::Commit commit_port;  // nullptr: there is no port
  };
  void on_names_changed();
  std::string apply(conf::Config next, base::MonotonicTime began);
  base::Result<Prepared, std::string> prepare(const conf::Config& config);
  base::Result<std::shared_ptr<exchange::AccessLogFile>, std::string> open_log(
      const std::string& to);
  void commit(Prepared& prepared, std::shared_ptr<Taking> taking);
  void on_taken_up(Taking& taking);
  void free_old_snapshots();
  void report_refusal(const std::string& why, const conf::Diagnostics* errors = nullptr);

  void follow_admin();
  void tell_tick();
  void start_serving();
  void report_serving();
  void open_first_port();
  WorkerSetup setup_for(std::size_t place, std::vector<OpenedSocket> opened);
  void start_worker(WorkerSetup setup);
  void let_workers_go(std::size_t kept, const std::function<void()>& done);
  std::size_t free_index() const;

  // server_succession.cpp
  bool is_in_charge() const { return take_over_ == nullptr || take_over_->is_in_charge(); }
  void take_inheritance(Inheritance inherited);
  void start_behind();
  WorkerSetup closed_setup(std::size_t place);
  void on_ready();
  void on_in_charge() noexcept override;
  HandOver what_to_hand_over() override;
  void announce(int pid) noexcept override;
  void on_handed_over(int pid) noexcept override;

  void on_stop_signal();
  void on_reopen_signal();
  void on_worker_drained(std::size_t index);
  void stop_workers();
  void end();
  std::size_t ask_workers(const std::function<void()>& answer);

  ConfigSource source_;
  RecordRegistry records_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<std::shared_ptr<const Snapshot>> old_snapshots_;  // that requests may still be on
  net::Loop loop_;
  Discovery discovery_;
  net::Signals signals_;
  EventHub events_;
  BackendHealth health_;
  Pulse pulse_;
  base::Timer old_snapshot_check_;
  std::shared_ptr<exchange::AccessLogFile> log_;
  ConnectionLimit process_limit_;
  tracing::OtlpExporter spans_;
  std::shared_ptr<WorkerRecords> worker_records_ = std::make_shared<WorkerRecords>();
  Listening listening_;
  ControlPort* port_ = nullptr;
  std::optional<InheritedSockets> inherited_port_;        // until open()
  ControlPort::Commit first_port_;                        // until this process is in charge
  std::vector<std::vector<OpenedSocket>> first_sockets_;  // by worker, until they start
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<Worker>> leaving_;  // drain, as a configuration asks for fewer
  ReloadState reload_state_;
  std::size_t drained_ = 0;  // of workers_, once stopping
  bool stopping_ = false;
  int exit_code_ = 0;
  net::Supervisor supervisor_;
  Watchdog watchdog_;
  Upgrade upgrade_;
  std::unique_ptr<TakeOver> take_over_;  // where another process was before this one
};

}  // namespace poise::server
