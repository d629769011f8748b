// What a session came to: its cells and its line in the access log.
#include <array>

#include "proxy/l4/tcp_session.h"

namespace poise::l4 {
namespace {

using base::Cause;
using base::Error;
using base::MonotonicTime;

std::array<char, 16> make_id(std::uint64_t number) {
  std::array<char, 16> text{};
  for (std::size_t i = text.size(); i-- > 0; number >>= 4)
    text[i] = "0123456789abcdef"[number & 15];
  return text;
}

base::Duration between(MonotonicTime from, MonotonicTime to) {
  return from == MonotonicTime{} || to == MonotonicTime{} ? exchange::kNotReached : to - from;
}

bool is_sampled(const exchange::AccessLogConfig& log, base::Random& random) {
  return log.sample >= 1 || static_cast<double>(random() >> 11) * 0x1.0p-53 < log.sample;
}

}  // namespace

void TcpSession::account(const Error& error) {
  const base::Duration total = service_.loop.now() - accepted_;
  exchange::RouteCells& cells = service_.cells_of(route_);
  cells.requests[base::status_class(base::status_of(error))].add();
  if (error) cells.failures[static_cast<std::size_t>(error.cause)].add();
  cells.duration.observe(total);
  if (service_.log == nullptr) return;
  const exchange::AccessLogConfig& log = service_.plan.log;
  if ((error && log.errors_always) || is_sampled(log, service_.random)) write_log(error, total);
}

void TcpSession::write_log(const Error& error, base::Duration total) {
  const auto id = make_id(service_.random());
  exchange::AccessRecord record;
  record.time =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  record.id = {id.data(), id.size()};
  record.listener = service_.plan.listener;
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
  record.connect_time = between(picked_, connected_);
  record.wait_time = between(connected_, relay_.first_byte());
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
