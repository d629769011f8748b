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
  exchange::RouteCells& cells = service_.cells.at(row_);
  cells.requests[base::status_class(base::status_of(error))].add();
  if (error) cells.failures[static_cast<std::size_t>(error.cause)].add();
  cells.duration.observe(total);
  count_bytes();
  const bool logged = service_.log != nullptr &&
                      exchange::is_logged(service_.plan->log, bool{error}, service_.random);
  const bool recorded = is_recorded(error);
  if (!logged && !recorded) return;
  if (recorded || !made_tries_.empty()) complete_tries(error);
  if (recorded) record(error);
  if (logged) write_log(error, total);
}

void TcpSession::count_bytes() noexcept {
  const base::ByteCount in = relay_.bytes_in();
  const base::ByteCount out = relay_.bytes_out();
  service_.listener_cells.bytes_in.add(in - std::exchange(counted_in_, in));
  service_.listener_cells.bytes_out.add(out - std::exchange(counted_out_, out));
}

// A session lasts as long as its two ends like: what is slow of it is how it was connected.
bool TcpSession::is_recorded(const Error& error) const {
  if (service_.recorder == nullptr) return false;
  if (error) return true;
  return connected_ != MonotonicTime{} && service_.recorder->is_slow(connected_ - accepted_);
}

// Those that could not be connected have their records; the one that was gets its own now.
void TcpSession::complete_tries(const Error& error) {
  if (connected_ == MonotonicTime{}) return;
  const bool blamed = error && error.side == base::Side::backend;
  made_tries_.push_back({.backend = std::string(backend_),
                         .picked = picked_,
                         .connecting = picked_,
                         .leased = connected_,
                         .first_byte = relay_.first_byte(),
                         .ended = blamed ? service_.loop.now() : connected_,
                         .error = blamed ? error : Error{}});
}

void TcpSession::record(const Error& error) {
  flight::FlightRecord record;
  record.kind = error ? flight::Kind::failed : flight::Kind::slow;
  record.is_session = true;
  record.id = id_;
  record.at = exchange::wall_clock();
  record.listener = service_.plan->listener;
  if (route_ != nullptr) record.route = route_->config.name;
  if (group_ != nullptr) record.pool = group_->plan().config.name;
  record.backend = backend_;
  record.client = client_;
  record.error = error;
  record.accepted = record.started = accepted_;
  record.ended = service_.loop.now();
  record.slowness = connected_ - accepted_;
  flight::keep_tries(record, made_tries_);
  service_.recorder->keep(std::move(record));
}

void TcpSession::write_log(const Error& error, base::Duration total) {
  const exchange::RecordId id(id_);
  exchange::AccessRecord record;
  record.time = exchange::wall_clock();
  record.id = id.text();
  record.listener = service_.plan->listener;
  if (route_ != nullptr) record.route = route_->config.name;
  if (group_ != nullptr) record.pool = group_->plan().config.name;
  record.backend = backend_;
  record.client = client_;
  record.proto = "tcp";
  record.sni = server_name_;
  record.has_request = false;
  record.cause = error.cause;
  record.phase = error.phase;
  record.bytes_in = relay_.bytes_in();
  record.bytes_out = relay_.bytes_out();
  record.connect_time = exchange::between(picked_, connected_);
  record.wait_time = exchange::between(connected_, relay_.first_byte());
  record.total_time = total;
  record.attempts = made_tries_;
  service_.log->append(record);
}

}  // namespace poise::l4
