// The running process: opens the listening sockets, starts the workers, handles signals on the
// control thread, and leads the drain. Owned by main.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/base/result.h"
#include "proxy/net/loop.h"
#include "proxy/net/signals.h"
#include "proxy/server/backend_health.h"
#include "proxy/server/connection_limit.h"
#include "proxy/server/snapshot.h"
#include "proxy/server/worker.h"

namespace poise::server {

class Server {
 public:
  // Requires: `config` passed conf::check.
  explicit Server(conf::Config config);
  ~Server();

  // Everything that can fail for the environment's sake; the error is for the user.
  base::Result<bool, std::string> open();
  // Where each listener really listens, in the order of the configuration.
  const std::vector<std::vector<net::Address>>& bound() const { return bound_; }

  // Until a signal ends it: 0.
  int run();

  net::Loop& loop() { return loop_; }

 private:
  std::string open_listener(const ListenerSnapshot& listener);
  std::string bind_for_all_workers(const net::Address& address);
  WorkerSetup setup_for(std::size_t worker);
  void on_stop_signal();
  void on_reopen_signal();
  void on_worker_drained();
  void stop_workers();

  RecordRegistry records_;
  std::shared_ptr<const Snapshot> snapshot_;
  net::Loop loop_;
  net::Signals signals_;
  BackendHealth health_;
  std::size_t worker_count_;
  std::shared_ptr<exchange::AccessLogFile> log_;
  ConnectionLimit process_limit_;
  std::vector<std::unique_ptr<ConnectionLimit>> listener_limits_;
  std::vector<std::vector<net::Address>> bound_;
  std::vector<std::vector<std::vector<net::Fd>>> sockets_;  // by worker, then listener
  std::vector<std::unique_ptr<Worker>> workers_;
  std::size_t drained_ = 0;
  bool stopping_ = false;
};

}  // namespace poise::server
