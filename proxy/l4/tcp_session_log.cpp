// What a session came to: its cells and its line in the access log.
#include "proxy/exchange/record_parts.h"
#include "proxy/l4/tcp_session.h"

namespace poise::l4 {
namespace {

using base::Cause;
using base::Error;
using base::MonotonicTime;

}  // namespace

void TcpSession::account(const Error& error) {
  const base::Duration total = service_.loop.now() - accepted_;
  exchange::RouteCells& cells = service_.cells_of(route_);
  cells.requests[base::status_class(base::status_of(error))].add();
  if (error) cells.failures[static_cast<std::size_t>(error.cause)].add();
  cells.duration.observe(total);
  if (service_.log == nullptr) return;
  if (exchange::is_logged(service_.plan->log, bool{error}, service_.random))
    write_log(error, total);
}

void TcpSession::write_log(const Error& error, base::Duration total) {
  const exchange::RecordId id(service_.random());
  exchange::AccessRecord record;
  record.time = exchange::wall_clock();
  record.id = id.text();
  record.listener = service_.plan->listener;
  if (route_ != nullptr) record.route = route_->config.name;
  if (group_ != nullptr) record.pool = group_->plan().config.name;
  record.backend = backend_;
  record.client = client_;
  record.proto = "tcp";
  record.has_request = false;
  record.cause = error.cause;
  record.phase = error.phase;
  record.bytes_in = relay_.bytes_in();
  record.bytes_out = relay_.bytes_out();
  record.connect_time = exchange::between(picked_, connected_);
  record.wait_time = exchange::between(connected_, relay_.first_byte());
  record.total_time = total;
  if (!failed_tries_.empty()) {
    failed_tries_.push_back(
        {.backend = backend_,
         .time = (connected_ == MonotonicTime{} ? service_.loop.now() : connected_) - picked_,
         .outcome = connected_ == MonotonicTime{} ? base::to_text(error.cause) : "ok"});
  }
  record.attempts = failed_tries_;
  service_.log->append(record);
}

}  // namespace poise::l4
