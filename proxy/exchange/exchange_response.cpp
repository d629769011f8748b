// The response's way through the exchange, and what is counted and logged when it is over.
#include <charconv>

#include "proxy/exchange/exchange.h"
#include "proxy/exchange/prepare_request.h"
#include "proxy/exchange/record_parts.h"

namespace poise::exchange {

using base::Cause;
using base::MonotonicTime;
using base::Phase;

namespace {

constexpr std::size_t kCountEvery = 256 * 1024;
constexpr int kClientGoneStatus = 499;  // as nginx has it; nobody is told

}  // namespace

void Exchange::on_response_head(http::ResponseHead& head) {
  own_time_.touch(service_.loop);
  last_activity_ = service_.loop.now();
  if (to_client_ == nullptr) to_client_ = &inbound_.respond(response_credit_);
  prepare_response(head, route_->config);
  if (head.is_interim()) return to_client_->head(head);
  if (visit_.has_begun()) visit_.tell(attempt_.backend, head, wall_time_now());
  attempt_.first_byte = last_activity_;
  status_ = head.status;
  replay_.clear();
  replayable_ = false;
  group_->cells(attempt_.backend).wait.observe(attempt_.first_byte - attempt_.picked);
  group_->cells(attempt_.backend).requests[base::status_class(head.status)].add();
  const bool switched = head.upgrade == http::Upgrade::requested;
  move(switched ? Event::switched_protocols : Event::response_began);
  // An upgrade request has no end of its own (stream.h); its refusal ends it.
  if (!switched && request_.upgrade == http::Upgrade::requested) {
    request_ended_ = true;
    attempt_.request->end({});
  }
  plan_timeout();
  to_client_->head(head);
}

void Exchange::on_response_body(base::Bytes bytes) {
  own_time_.touch(service_.loop);
  last_activity_ = service_.loop.now();
  unconsumed_response_ += bytes.size();
  note_bytes(bytes.size());
  to_client_->body(bytes);
}

void Exchange::on_response_consumed(std::size_t bytes) {
  if (state_ == State::done) return;
  last_activity_ = service_.loop.now();
  unconsumed_response_ -= bytes;
  if (attempt_.stream != nullptr) attempt_.stream->consumed(bytes);
}

void Exchange::on_response_end(const http::Fields& trailers) {
  own_time_.touch(service_.loop);
  if (state_ == State::tunnelling) {
    tunnel_ended_ = true;
    if (attempt_.request == nullptr) attempt_.stream = nullptr;
    return to_client_->end(trailers);
  }
  attempt_.stream = nullptr;
  attempt_.request = nullptr;
  timer_.cancel();
  count_backend(balancing::Verdict::success);
  move(Event::response_ended);
  // What is left of the request goes nowhere now.
  if (!request_ended_) inbound_.cancel({});
  to_client_->end(trailers);
}

void Exchange::finished() noexcept {
  own_time_.touch(service_.loop);
  if (state_ == State::tunnelling) {
    count_backend(balancing::Verdict::success);
    move(Event::response_ended);
  }
  settle();
}

Phase Exchange::phase() const {
  switch (state_) {
    case State::admitted:
      return Phase::request;
    case State::queued:
      return Phase::queue;
    case State::connecting:
      return Phase::connect;
    case State::sending:
      return request_ended_ ? Phase::wait : Phase::send;
    case State::responding:
    case State::done:
      return Phase::respond;
    case State::tunnelling:
      return Phase::tunnel;
  }
  return Phase::none;
}

// ---- what it came to
// -----------------------------------------------------------------------------

void Exchange::settle() {
  if (std::exchange(settled_, true)) return;
  const MonotonicTime now = service_.loop.read_now();
  const base::Duration total = now - inbound_.started();
  const base::Duration own = own_time_.until(now);
  count(total, own);
  const bool failed = error_.cause != Cause::none;
  const bool logged =
      service_.log != nullptr && is_logged(service_.plan->log, failed, service_.random);
  const base::Duration slowness = slowness_of(total);
  const bool recorded = is_recorded(slowness);
  const bool traced =
      trace_.is_sampled() && service_.spans != nullptr && service_.spans->has_room();
  if (!logged && !recorded && !traced) return;
  const std::uint64_t id = service_.random();
  if (recorded || traced || !made_tries_.empty()) complete_tries();
  if (recorded || traced) tell(record(id, slowness), recorded, traced);
  if (logged) write_log(id, total, own);
}

void Exchange::tell(flight::FlightRecord record, bool recorded, bool traced) {
  if (traced) service_.spans->add({record, trace_});
  if (recorded) service_.recorder->keep(std::move(record));
}

// A tunnel lasts as long as its two ends like: what is slow of it is how it began.
base::Duration Exchange::slowness_of(base::Duration total) const {
  const bool is_tunnel = request_.upgrade != http::Upgrade::none;
  if (!is_tunnel || attempt_.first_byte == MonotonicTime{}) return total;
  return attempt_.first_byte - inbound_.started();
}

bool Exchange::is_recorded(base::Duration slowness) const {
  if (service_.recorder == nullptr) return false;
  return error_.cause != Cause::none || service_.recorder->is_slow(slowness);
}

// Those that failed have their records; the last one, if it went well, gets its own now.
void Exchange::complete_tries() {
  if (tries_ == 0 || made_tries_.size() > tries_) return;
  flight::TryRecord& last = current_try();
  if (last.ended != MonotonicTime{}) return;
  if (last.choice.moment == flight::Moment::none) last.choice = choice_now(flight::Moment::at_end);
  end_try_record({});
}

flight::FlightRecord Exchange::record(std::uint64_t id, base::Duration slowness) {
  flight::FlightRecord record;
  record.kind = error_.cause != Cause::none ? flight::Kind::failed : flight::Kind::slow;
  record.id = id;
  if (trace_.id()) record.trace_id = tracing::TraceIdText(trace_.id()).text();
  record.at = wall_time_now();
  record.listener = service_.plan->name;
  if (route_ != nullptr) record.route = route_->config.name;
  if (group_ != nullptr) record.pool = group_->plan().config.name;
  if (tries_ > 0) record.backend = group_->plan().backends.name(attempt_.backend);
  record.client = client_ ? client_->ip_text() : std::string(inbound_.peer().ip());
  record.method = flight::cut(request_.method_text, flight::kMostMethod);
  record.host = flight::cut(request_.authority, flight::kMostHost);
  record.path = flight::cut(request_.path, flight::kMostPath);
  record.status = logged_status();
  record.error = error_;
  record.accepted = inbound_.accepted();
  record.nth_request = inbound_.number();
  record.started = inbound_.started();
  record.head_done = head_at_;
  record.ended = service_.loop.now();
  record.slowness = slowness;
  flight::keep_tries(record, made_tries_);
  return record;
}

int Exchange::logged_status() const {
  return error_.cause == Cause::client_gone && status_ == 0 ? kClientGoneStatus : status_;
}

void Exchange::count(base::Duration total, base::Duration own) {
  RouteCells& cells = service_.cells.at(row_);
  cells.requests[base::status_class(status_told())].add();
  cells.duration.observe(total);
  cells.self.observe(own);
  if (error_.cause != Cause::none) cells.failures[static_cast<std::size_t>(error_.cause)].add();
  count_bytes();
}

// What the client was told, or would have been, had it still been there.
int Exchange::status_told() const {
  if (status_ != 0) return status_;
  return error_.cause == Cause::client_gone ? kClientGoneStatus : base::status_of(error_);
}

// Long bodies and tunnels are counted while they last.
void Exchange::note_bytes(std::size_t bytes) {
  uncounted_ += bytes;
  if (uncounted_ >= kCountEvery) count_bytes();
}

void Exchange::count_bytes() {
  uncounted_ = 0;
  const base::ByteCount in = inbound_.bytes_in();
  const base::ByteCount out = inbound_.bytes_out();
  service_.listener_cells.bytes_in.add(in - std::exchange(counted_in_, in));
  service_.listener_cells.bytes_out.add(out - std::exchange(counted_out_, out));
}

namespace {

std::string_view value_of(const http::Fields& fields, http::FieldId id) {
  const http::Field* field = fields.find(id);
  return field == nullptr ? std::string_view{} : field->value;
}

}  // namespace

void Exchange::write_log(std::uint64_t number, base::Duration total, base::Duration own) {
  const RecordId id(number);
  std::optional<tracing::TraceIdText> trace;
  if (trace_.id()) trace.emplace(trace_.id());
  std::string client = client_ ? client_->ip_text() : std::string();
  AccessRecord record;
  record.time = wall_time_now();
  record.id = id.text();
  if (trace) record.trace_id = trace->text();
  record.listener = service_.plan->name;
  if (route_ != nullptr) record.route = route_->config.name;
  record.client = client_ ? std::string_view(client) : inbound_.peer().ip();
  record.proto = inbound_.version() == http::Version::http_1_0 ? "http/1.0" : "http/1.1";
  record.method = request_.method_text;
  record.host = request_.authority;
  record.path = request_.path;
  record.query = request_.query;
  record.status = logged_status();
  record.referer = value_of(request_.fields, http::FieldId::referer);
  record.user_agent = value_of(request_.fields, http::FieldId::user_agent);
  record.cause = error_.cause;
  record.phase = error_.phase;
  record.bytes_in = inbound_.bytes_in();
  record.bytes_out = inbound_.bytes_out();
  record.request_time = head_at_ - inbound_.started();
  record.queue_time = queue_time_;
  record.total_time = total;
  record.self_time = own;
  if (group_ != nullptr) {
    record.pool = group_->plan().config.name;
    if (tries_ > 0) record.backend = group_->plan().backends.name(attempt_.backend);
    if (tries_ > 0) record.session = visit_.outcome(attempt_.backend);
    if (visit_.home()) record.session_home = group_->plan().backends.name(*visit_.home());
    record.reused = attempt_.reused;
    record.connect_time = between(attempt_.connecting, attempt_.leased);
    record.wait_time = between(attempt_.leased, attempt_.first_byte);
  }
  record.attempts = made_tries_;
  service_.log->append(record);
}

}  // namespace poise::exchange
