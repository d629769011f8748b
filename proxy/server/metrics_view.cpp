#include "proxy/server/metrics_view.h"

namespace poise::server {

const exchange::ListenerRecord& listener_record(const ListenerSnapshot& listener) {
  return listener.http != nullptr ? *listener.http->listener : *listener.tcp->record;
}

const exchange::RouteRecords& route_records(const ListenerSnapshot& listener) {
  return listener.http != nullptr ? listener.http->records : listener.tcp->records;
}

}  // namespace poise::server
