// The running process: opens the listening sockets, starts the workers, handles signals on the
// control thread, takes up new configurations and leads the drain. Owned by main.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conf/changes.h"
#include "conf/load.h"
#include "proxy/base/result.h"
#include "proxy/net/loop.h"
#include "proxy/net/signals.h"
#include "proxy/net/supervisor.h"
#include "proxy/server/backend_drains.h"
#include "proxy/server/backend_health.h"
#include "proxy/server/certificate_keeper.h"
#include "proxy/server/commit_confirm.h"
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
#include "proxy/server/reload_report.h"
#include "proxy/server/reload_state.h"
#include "proxy/server/snapshot.h"
#include "proxy/server/take_over.h"
#include "proxy/server/upgrade.h"
#include "proxy/server/watchdog.h"
#include "proxy/server/weight_orders.h"
#include "proxy/server/worker.h"
#include "proxy/tracing/otlp_exporter.h"

namespace poise::server {

// Where configurations come from. Both are called on a thread of libuv's pool.
struct ConfigSource {
  std::function<conf::Loaded(conf::Diagnostics& warnings)> load{};  // nullptr: there is no file
  // What the file would mean with this text in it.
  std::function<conf::Loaded(const std::string& text, conf::Diagnostics& warnings)> read{};
};

enum class RunState : std::uint8_t { starting, running, draining };

using ReloadDone = std::function<void(const ReloadReport&)>;

// A backend of the configuration in force.
struct BackendPlace {
  std::shared_ptr<const pool::PoolPlan> plan;
  balancing::BackendIndex index = 0;

  const std::shared_ptr<pool::BackendRecord>& record() const {
    return plan->backend_records[index];
  }
  const pool::BackendConfig& config() const { return plan->config.backends[index]; }
};

// What a process brings along beside its configuration.
struct Origin {
  std::optional<Program> program;  // to be started again for an upgrade
  Inheritance inherited{};
};

class Server final : private BackendDrains::Events,
                     private Upgrade::Owner,
                     private TakeOver::Owner {
 public:
  // Requires: `config` passed conf::check. Without a source there is nothing to reload from.
  explicit Server(conf::Config config, ConfigSource source = {}, Origin origin = {});
  ~Server();

  // To be followed from open() on; it outlives run().
  void add_port(ControlPort& port) { port_ = &port; }

  // Everything that can fail for the environment's sake; the error is for the user.
  base::Result<bool, std::string> open();
  // Where each listener really listens, in the order of the configuration.
  std::vector<std::vector<net::Address>> bound() const;

  // Until a signal ends it: 0; or 3, when it could not take over from another process.
  int run();

  // While it runs, on its loop. Loads the configuration again and takes it up, all or nothing; one
  // after the other, where several are asked for. `done` hears when every worker has it, or why
  // none will.
  void reload(ReloadDone done = nullptr) { reload(base::Duration(0), std::move(done)); }
  // On trial: it is taken back unless it is confirmed within that time, or at once when the routes
  // it touches fare clearly worse. 0: for good.
  void reload(base::Duration trial, ReloadDone done);
  // False when nothing is on trial.
  bool confirm_reload();
  const CommitConfirm& trial() const { return trial_; }
  // What a reload with this text in the file would change. Changes nothing.
  void plan(std::string text, ReloadDone done);

  // An operator's orders, on its loop. Empty, or why not: there is no such backend.
  base::Result<BackendPlace, std::string> find_backend(const std::string& pool,
                                                       const std::string& backend) const;
  // Nothing new goes there but what its sticky sessions bring; after `limit`, if there is one, what
  // is left ends. Again: with another limit.
  std::string drain(const std::string& pool, const std::string& backend,
                    std::optional<base::Duration> limit);
  std::string undrain(const std::string& pool, const std::string& backend);
  // nullopt: as configured. In force for each worker with its next turn.
  std::string set_weight(const std::string& pool, const std::string& backend,
                         std::optional<std::uint32_t> weight);
  // Nothing when it does not drain.
  std::optional<DrainState> drain_of(const pool::BackendRecord& backend) const;
  const WeightOrders& weight_orders() const { return weights_; }

  // Starts the executable again that this process was started from, to take its place.
  void upgrade(Upgrade::Told told = nullptr);

  net::Loop& loop() { return loop_; }
  const Snapshot& snapshot() const { return *snapshot_; }
  std::shared_ptr<const Snapshot> shared_snapshot() const { return snapshot_; }
  const ReloadState& reload_state() const { return reload_state_; }
  RunState state() const;
  EventHub& events() { return events_; }
  // Asks all workers; `done` is called from the loop, within about a second.
  void search_flights(flight::Query query, FlightSearch::Done done);
  base::Duration uptime() { return loop_.read_now() - started_; }
  // What DNS has said so far.
  pool::Answers answers() const { return discovery_.answers(); }
  // nullptr: none since poise knows the backend.
  const PastTransition* last_transition(const std::string& pool, const std::string& backend) const {
    return health_.last_transition(pool, backend);
  }
  MetricsView metrics_view() const;
  Summary summary() const { return pulse_.summary(); }

 private:
  struct Taking;
  struct Loading;
  struct ReloadJob {
    ReloadDone done;
    base::Duration trial{0};
    std::string why_back{};                      // not empty: goes back, for that reason,
    std::shared_ptr<const conf::Config> back{};  // to this one
    bool has_begun = false;
    base::MonotonicTime began{};
  };
  // Every worker has it.
  using Applied = std::function<void(const std::vector<conf::Change>&)>;

  // The parts of a configuration that can fail.
  struct Prepared {
    std::size_t workers = 0;
    std::shared_ptr<exchange::AccessLogFile> log;
    PreparedListeners listeners;
    Endpoints endpoints;
    ControlPort::Commit commit_port;  // nullptr: there is no port
  };
  void on_names_changed();
  void on_certificates_changed();
  void take_up_again(std::shared_ptr<const Snapshot> next);
  std::shared_ptr<const Snapshot> compiled(conf::Config config, const Endpoints& endpoints);
  bool may_take_up() const;
  void take_up_pools();
  void keep_orders();
  void on_drain(const DrainNews& news) noexcept override;
  void end_all_to(const std::shared_ptr<pool::BackendRecord>& backend,
                  std::function<void(std::size_t)> done) override;
  void load(std::function<conf::Loaded(conf::Diagnostics&)> read,
            std::function<void(Loading&)> then);
  void begin_reload();
  void on_loaded(Loading& loading);
  void take_up(const conf::Config& next);
  void begin_trial(const std::shared_ptr<const Snapshot>& before);
  void go_back(const std::string& why);
  void refuse_reload(const std::string& why, const conf::Diagnostics* errors = nullptr);
  void on_reloaded(const std::vector<conf::Change>& changes);
  void finish_reload(ReloadReport report);
  void publish(const ReloadReport& report);
  // Empty, or why it is refused; then nothing changed.
  std::string apply(conf::Config next, Applied done);
  base::Result<Prepared, std::string> prepare(const conf::Config& config);
  base::Result<std::shared_ptr<exchange::AccessLogFile>, std::string> open_log(
      const std::string& to);
  void commit(Prepared& prepared, std::shared_ptr<Taking> taking);
  void on_taken_up(Taking& taking);
  void free_old_snapshots();

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
  void on_counters(const std::string& text) noexcept override;
  HandOver what_to_hand_over() override;
  std::string counters() override;
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
  CertificateKeeper certificates_;
  net::Signals signals_;
  EventHub events_;
  BackendHealth health_;
  Pulse pulse_;
  WeightOrders weights_;
  BackendDrains drains_;
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
  CommitConfirm trial_;
  ReloadState reload_state_;
  base::MonotonicTime started_;
  std::deque<ReloadJob> reload_jobs_;  // the first is under way
  std::size_t drained_ = 0;            // of workers_, once stopping
  bool stopping_ = false;
  int exit_code_ = 0;
  net::Supervisor supervisor_;
  Watchdog watchdog_;
  Upgrade upgrade_;
  std::unique_ptr<TakeOver> take_over_;  // where another process was before this one
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // what is loaded meanwhile looks
};

}  // namespace poise::server
