// What one worker offers on one HTTP listener: the routes, the pools they lead to and the cells
// that count them. Everything an exchange may look at beside its request. ListenerPlan is the part
// all workers share; HttpService is one worker's, of one configuration: every exchange keeps the
// one it began with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/base/counted.h"
#include "proxy/base/random.h"
#include "proxy/exchange/access_log_writer.h"
#include "proxy/exchange/client_certificate_fields.h"
#include "proxy/exchange/route_plan.h"
#include "proxy/exchange/route_record.h"
#include "proxy/exchange/route_table.h"
#include "proxy/flight/recorder.h"
#include "proxy/http/h1_inbound.h"
#include "proxy/net/loop.h"
#include "proxy/pool/group_set.h"
#include "proxy/tracing/span_intake.h"

namespace poise::exchange {

struct ListenerPlan {
  std::string name;
  http::InboundSettings inbound;
  std::vector<RoutePlan> routes;
  RouteTable table;
  RouteRecords records;
  std::shared_ptr<ListenerRecord> listener;
  AccessLogConfig log;
  tracing::TracingConfig tracing;
  CertificateFields certificate_fields = CertificateFields::untouched;
};

struct HttpService {
  net::Loop& loop;
  std::shared_ptr<const ListenerPlan> plan;
  pool::Groups groups;  // by pool index
  base::Random& random;
  AccessLogWriter* log = nullptr;        // nullptr: off
  flight::Recorder* recorder = nullptr;  // nullptr: none
  tracing::SpanOutbox* spans = nullptr;  // nullptr: nobody takes them
  RouteRows cells;
  ListenerCells& listener_cells;
  base::OwnerCount owners{};
};

}  // namespace poise::exchange
