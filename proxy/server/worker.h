// One thread with its loop: its doors, its view of the pools, its access log. Everything in it is
// made and destroyed on that thread; the control thread only posts to its loop and joins it.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "proxy/base/random.h"
#include "proxy/exchange/access_log_writer.h"
#include "proxy/net/listener.h"
#include "proxy/net/loop.h"
#include "proxy/net/pipe_pool.h"
#include "proxy/pool/backend_group.h"
#include "proxy/server/door.h"
#include "proxy/server/snapshot.h"

namespace poise::server {

struct WorkerSetup {
  std::size_t index = 0;
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<std::vector<net::Fd>> sockets;  // by listener
  std::vector<ConnectionLimit*> listener_limits;
  ConnectionLimit* process_limit = nullptr;
  std::shared_ptr<exchange::AccessLogFile> log;  // null: off
  std::uint64_t seed = 0;
  int cpu = -1;                      // to be pinned to; -1: not pinned
  std::function<void()> on_drained;  // called on the worker's thread, once
};

class Worker final : private Door::Events {
 public:
  explicit Worker(WorkerSetup setup);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  void join();

  // Any thread.
  void drain(base::Duration limit);
  void stop();
  void flush_log();

 private:
  void run();
  void open_doors();
  std::unique_ptr<Door> make_door(std::size_t index);
  std::vector<pool::BackendGroup*> group_list() const;

  void begin_drain(base::Duration limit);
  void on_door_empty() noexcept override { report_if_drained(); }
  void report_if_drained();
  void close_idle();
  void close_all();
  void on_flush_timer();

  WorkerSetup setup_;
  net::Loop loop_;
  base::Random random_;
  base::Timer flush_timer_;
  base::Timer idle_grace_;
  base::Timer drain_limit_;
  std::unique_ptr<exchange::AccessLogWriter> log_;
  std::vector<std::unique_ptr<pool::BackendGroup>> groups_;  // by pool index
  net::PipePool pipes_;
  std::vector<std::unique_ptr<Door>> doors_;
  bool draining_ = false;
  bool reported_ = false;
  std::thread thread_;
};

}  // namespace poise::server
