// One thread with its loop: its doors, its view of the pools, its access log. Everything in it is
// made and destroyed on that thread; the control thread only posts to its loop and joins it. A new
// configuration is followed between two callbacks: what has begun stays with what it began under.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "proxy/base/random.h"
#include "proxy/exchange/access_log_writer.h"
#include "proxy/flight/recorder.h"
#include "proxy/net/loop.h"
#include "proxy/net/pipe_pool.h"
#include "proxy/pool/group_set.h"
#include "proxy/server/door.h"
#include "proxy/server/worker_cells.h"
#include "proxy/server/worker_setup.h"

namespace poise::server {

// What a worker is for its whole life.
struct WorkerPlace {
  std::size_t index = 0;
  ConnectionLimit* process_limit = nullptr;
  tracing::SpanIntake* spans = nullptr;  // not null; outlives the worker
  WorkerRecords* records = nullptr;      // outlives the worker
  std::uint64_t seed = 0;
  std::function<void()> on_drained;  // called on the worker's thread, once
};

class Worker final : private Door::Events, private net::Task {
 public:
  explicit Worker(WorkerPlace place);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  std::size_t index() const { return place_.index; }

  void start(WorkerSetup setup);
  void join();

  // Any thread. `done` is called on the worker's thread: it has the setup, or listens no more.
  void follow(WorkerSetup setup, std::function<void()> done);
  void drain(base::Duration limit, std::function<void()> done = nullptr);
  // Any thread. Ends what goes to this backend; `done` hears on the worker's thread how many
  // streams and sessions that were.
  void close_all_to(std::shared_ptr<const pool::BackendRecord> backend,
                    std::function<void(std::size_t)> done);
  void stop();
  void flush_log();
  // Any thread. `done` is called on the worker's thread.
  void search_flights(flight::Query query,
                      std::function<void(std::vector<flight::RecordPtr>)> done);
  void ping(std::function<void()> answer);  // which is called on the worker's thread

 private:
  struct Entry {
    DoorId id;
    std::unique_ptr<Door> door;
  };

  void live(WorkerSetup setup);
  void take_up(WorkerSetup setup);
  void take_log(const WorkerSetup& setup);
  void take_cpu(int cpu);
  void take_sockets(WorkerSetup& setup);
  net::Fd socket_for(SocketId id, WorkerSetup& setup);
  void leave_other_doors(const WorkerSetup& setup);
  Door& door_for(const DoorSetup& setup, const ListenerSnapshot& listener);
  Door* find_door(DoorId id);

  void begin_drain(base::Duration limit);
  void on_door_empty() noexcept override { loop_.schedule(*this); }
  void run() override;
  void report_if_drained();
  void close_idle();
  void close_all();
  void on_flush_timer();

  WorkerPlace place_;
  net::Loop loop_;
  base::Random random_;
  base::Timer flush_timer_;
  base::Timer idle_grace_;
  base::Timer drain_limit_;
  std::unique_ptr<exchange::AccessLogWriter> log_;  // once made, it stays
  flight::Recorder recorder_;
  tracing::SpanOutbox spans_;
  pool::GroupSet groups_;
  net::PipePool pipes_;
  std::vector<Entry> doors_;
  int cpu_ = -1;
  bool draining_ = false;
  bool reported_ = false;
  std::thread thread_;
};

}  // namespace poise::server
