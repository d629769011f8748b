// What one worker offers on one TCP listener: the routes, by source network and SNI, the pools they
// lead to and the cells that count them. Everything a session may look at beside its sockets.
// TcpPlan is the part all workers share; TcpService is one worker's, of one configuration: every
// session keeps the one it began with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/base/counted.h"
#include "proxy/base/random.h"
#include "proxy/exchange/access_log_writer.h"
#include "proxy/exchange/route_plan.h"
#include "proxy/exchange/route_record.h"
#include "proxy/flight/recorder.h"
#include "proxy/net/loop.h"
#include "proxy/net/pipe_pool.h"
#include "proxy/pool/group_set.h"

namespace poise::l4 {

struct TcpPlan {
  std::string listener;
  // Of each only the name, match.source, allow, deny, retry and the pools count, and match.sni and
  // match.alpn where ClientHellos are read: conf::check refuses the rest for a TCP listener.
  std::vector<exchange::RoutePlan> routes;
  exchange::RouteRecords records;
  std::shared_ptr<exchange::ListenerRecord> record;
  bool reads_hello = false;  // clients speak TLS to the backend, and begin with a ClientHello
  base::Duration handshake_timeout{0};  // for that; 0: none
  base::Duration idle_timeout{0};       // no byte either way for so long ends a session; 0: never
  exchange::AccessLogConfig log;
};

struct TcpService {
  net::Loop& loop;
  std::shared_ptr<const TcpPlan> plan;
  pool::Groups groups;  // by pool index
  base::Random& random;
  net::PipePool& pipes;                      // one a worker
  exchange::AccessLogWriter* log = nullptr;  // nullptr: off
  flight::Recorder* recorder = nullptr;      // nullptr: none
  exchange::RouteRows cells;
  exchange::ListenerCells& listener_cells;
  base::OwnerCount owners{};
};

}  // namespace poise::l4
