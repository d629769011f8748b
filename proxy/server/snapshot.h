// A configuration compiled for running: routes indexed, strategies planned, pools joined to routes.
// Built by compile() on the control thread, then constant (but for the records it leads to) and
// shared by all workers.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "conf/config.h"
#include "proxy/exchange/http_service.h"
#include "proxy/l4/tcp_service.h"
#include "proxy/pool/backend_group.h"
#include "proxy/pool/resolved_backends.h"
#include "proxy/server/record_registry.h"
#include "proxy/server/secure_entrance.h"
#include "proxy/server/weight_orders.h"

namespace poise::server {

// How a listener's clients may begin.
struct ArrivalRules {
  std::string name;  // of the listener
  net::ProxyHeaderIn headers = net::ProxyHeaderIn::off;
  std::vector<net::Network> trusted;  // whose PROXY headers are believed
  base::Duration timeout{0};          // for a header; 0: none
};

struct ListenerSnapshot {
  ArrivalRules arrivals;
  std::unique_ptr<exchange::ListenerPlan> http;  // exactly one of the two
  std::unique_ptr<l4::TcpPlan> tcp;
  SecureSetup secure;
};

struct Snapshot {
  conf::Config config;  // as it was read: its pools may still have names
  std::vector<std::shared_ptr<const pool::PoolPlan>> pools;
  std::vector<ListenerSnapshot> listeners;
};

// Of each listener in the order of the configuration; nullptr where it has no TLS. None at all
// where nobody will listen.
using Endpoints = std::vector<tls::ServerEndpointPtr>;

// Requires: `config` passed conf::check. Names become the addresses that `answers` knows. Pools
// that are as they were in `before`, when there is one, keep their plans. `weights` go before the
// configured ones.
std::shared_ptr<const Snapshot> compile(conf::Config config, RecordRegistry& records,
                                        const pool::Answers& answers = pool::no_answers,
                                        const Snapshot* before = nullptr,
                                        const WeightOrders* weights = nullptr,
                                        const Endpoints& endpoints = {});

}  // namespace poise::server
