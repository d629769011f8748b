#include <set>

#include "proxy/admin/metrics_export_parts.h"

namespace poise::admin {
namespace {

using exchange::RouteRecord;
using server::RouteSums;

struct ListenerFamilies {
  Family connections =
      Family::gauge("poise_connections", "Client connections that are open, by listener.");
  Family connections_total =
      Family::counter("poise_connections_total", "Client connections accepted, by listener.");
  Family bytes = Family::counter(
      "poise_bytes_total",
      "Bytes received from (in) and sent to (out) clients, heads included, without TLS.");

  void add(const exchange::ListenerRecord& record) {
    const server::ListenerSums sums = server::sums_of(record);
    connections.add({{"listener", record.name}}, sums.connections);
    connections_total.add({{"listener", record.name}}, sums.connections_total);
    bytes.add({{"listener", record.name}, {"direction", "in"}}, sums.bytes_in);
    bytes.add({{"listener", record.name}, {"direction", "out"}}, sums.bytes_out);
  }
  void move_to(Families& families) {
    for (Family* family : {&connections, &connections_total, &bytes}) family->move_to(families);
  }
};

struct RouteFamilies {
  Family requests = Family::counter(
      "poise_requests_total", "Requests and TCP sessions that are over, by class of status code.");
  Family failures = Family::counter("poise_request_failures_total",
                                    "Requests that poise answered itself or cut, by cause.");
  Family duration = Family::histogram("poise_request_duration_seconds",
                                      "From the first byte of a request to the last of its answer.",
                                      Scale::requests);
  Family self =
      Family::histogram("poise_self_duration_seconds",
                        "The part of a request's time that poise itself took.", Scale::own);

  void add_row(const RouteRecord& row, const RouteSums& sums) {
    for (std::size_t i = 0; i < sums.requests.size(); ++i) {
      if (!is_shown(row, sums, i)) continue;
      requests.add({{"listener", row.listener},
                    {"route", row.route},
                    {"pool", row.pool},
                    {"code", kClassNames[i]}},
                   sums.requests[i]);
    }
    for (std::size_t i = 0; i < sums.failures.size(); ++i) {
      if (sums.failures[i] == 0) continue;
      failures.add({{"listener", row.listener},
                    {"route", row.route},
                    {"pool", row.pool},
                    {"cause", base::to_text(static_cast<base::Cause>(i))}},
                   sums.failures[i]);
    }
  }
  void add_route(const RouteRecord& row, const RouteSums& all_rows) {
    if (!all_rows.was_used) return;
    duration.add({{"listener", row.listener}, {"route", row.route}}, all_rows.duration);
    if (all_rows.self.count() == 0) return;
    self.add({{"listener", row.listener}, {"route", row.route}}, all_rows.self);
  }
  void move_to(Families& families) {
    for (Family* family : {&requests, &failures, &duration, &self}) family->move_to(families);
  }

 private:
  // A quiet route shows that it exists; one in use starts each series at 0, for rates to be right
  // from its first failure on.
  static bool is_shown(const RouteRecord& row, const RouteSums& sums, std::size_t status_class) {
    if (sums.requests[status_class] != 0) return true;
    if (status_class == base::status_class(200)) return sums.was_used || !row.pool.empty();
    return sums.was_used && status_class != base::status_class(100);
  }
};

// The rows of a route stand together.
void add_routes(const exchange::RouteRecords& rows, RouteFamilies& families) {
  RouteSums route;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RouteSums sums = server::sums_of(*rows[i]);
    families.add_row(*rows[i], sums);
    route += sums;
    const bool is_last = i + 1 == rows.size() || rows[i + 1]->route != rows[i]->route;
    if (!is_last) continue;
    families.add_route(*rows[i], route);
    route = {};
  }
}

}  // namespace

void export_traffic(const server::MetricsView& view, Families& families) {
  ListenerFamilies listeners;
  RouteFamilies routes;
  // Listeners of one name share their records.
  std::set<const void*> seen;
  for (const auto& listener : view.snapshot->listeners) {
    const exchange::ListenerRecord& record = server::listener_record(listener);
    if (!seen.insert(&record).second) continue;
    listeners.add(record);
    add_routes(server::route_records(listener), routes);
  }
  listeners.move_to(families);
  routes.move_to(families);
}

}  // namespace poise::admin
