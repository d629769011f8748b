// A configuration compiled for running: routes indexed, strategies planned, pools joined to routes.
// Built by compile() on the control thread, then constant (but for the records it leads to) and
// shared by all workers.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "conf/config.h"
#include "proxy/exchange/http_service.h"
#include "proxy/l4/tcp_service.h"
#include "proxy/pool/backend_group.h"
#include "proxy/server/record_registry.h"

namespace poise::server {

struct ListenerSnapshot {
  std::vector<net::Address> bind;
  std::uint32_t max_connections = 0;             // over all workers; 0: no limit
  std::unique_ptr<exchange::ListenerPlan> http;  // exactly one of the two
  std::unique_ptr<l4::TcpPlan> tcp;
};

struct Snapshot {
  conf::Config config;
  std::vector<std::shared_ptr<const pool::PoolPlan>> pools;
  std::vector<ListenerSnapshot> listeners;
};

// Requires: `config` passed conf::check.
std::shared_ptr<const Snapshot> compile(conf::Config config, RecordRegistry& records);

}  // namespace poise::server
