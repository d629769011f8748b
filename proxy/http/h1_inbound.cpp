#include "proxy/http/h1_inbound.h"

#include <algorithm>
#include <cerrno>

#include "proxy/http/h1_writer.h"

namespace poise::http {
namespace {

using base::Cause;
using base::Error;
using base::MonotonicTime;
using base::Phase;
using base::Side;

constexpr int kReadsPerEvent = 4;  // then the other connections get their turn
constexpr std::size_t kReadAhead = 16 * 1024;
constexpr int kMaxLeadingEmptyLines = 1;                          // RFC 9112 section 2.2
constexpr base::Duration kLingerTime = std::chrono::seconds(2);   // of silence
constexpr base::Duration kLingerMost = std::chrono::seconds(10);  // whatever still comes
// A client that closed its sending half (socat does) still gets an answer that comes soon; one that
// is gone altogether looks the same, and must not keep a backend at work for long.
constexpr base::Duration kHalfClosedGrace = std::chrono::seconds(2);

Error from_client(Cause cause, Phase phase, const char* detail, int status = 0) {
  return {.cause = cause,
          .phase = phase,
          .side = Side::client,
          .status = static_cast<std::uint16_t>(status),
          .detail = detail};
}

const Fields kNoTrailers;

}  // namespace

H1Inbound::H1Inbound(net::Loop& loop, InboundOwner& owner, net::ClientOrigin origin)
    : loop_(loop),
      owner_(owner),
      settings_(&owner.inbound_settings()),
      timer_(base::Timer::calling<H1Inbound, &H1Inbound::on_timer>(this)),
      peer_(origin.client, settings_->trusted_proxies),
      said_(std::move(origin.said)) {}

H1Inbound::~H1Inbound() = default;

bool H1Inbound::open(net::Fd fd) {
  transport_ = net::Socket::open(loop_, std::move(fd), *this);
  if (transport_ == nullptr) return false;
  accepted_ = last_progress_ = loop_.now();
  plan_timeout();
  return true;
}

void H1Inbound::open(net::TransportPtr transport, std::unique_ptr<const tls::Facts> facts) {
  transport_ = std::move(transport);
  tls_ = std::move(facts);
  peer_.set_secured();
  last_progress_ = loop_.now();
  accepted_ = last_progress_ - tls_->took;
  plan_timeout();
  transport_->set_events(*this);  // the first request may have come with the handshake's end
}

base::Duration H1Inbound::tls_time() const noexcept {
  return tls_ != nullptr && requests_ == 1 ? tls_->took : base::Duration(-1);
}

// ---- reading
// -------------------------------------------------------------------------------------

std::size_t H1Inbound::room() const { return kWindow - std::min(unconsumed_, kWindow); }

bool H1Inbound::wants_bytes() const {
  switch (reading_) {
    case Reading::head:
    case Reading::lingering:
      return true;
    case Reading::body:
    case Reading::tunnel:
      return room() > 0;
    case Reading::waiting:
      return unread_.empty();  // one read ahead: it shows whether the client is still there
    case Reading::closed:
      return false;
  }
  return false;
}

void H1Inbound::on_readable() noexcept {
  if (unread_.has_batched()) return;
  for (int round = 0; round < kReadsPerEvent; ++round) {
    if (!wants_bytes()) {
      transport_->pause_reading();
      break;
    }
    const std::size_t most = reading_ == Reading::waiting ? kReadAhead : room();
    const auto space = loop_.scratch().first(std::min(most, net::Loop::kScratchBytes));
    const net::IoResult result = transport_->receive(space);
    if (result.status == net::IoResult::Status::end) return on_end_of_input();
    if (result.status == net::IoResult::Status::failed) return lose_client(result.error);
    if (!result.ok()) break;
    last_progress_ = loop_.now();
    const base::Bytes received(space.data(), result.count);
    if (unread_.batch(loop_, received)) break;
    take(received);
    if (reading_ == Reading::closed) return;
    if (result.count < space.size()) break;
  }
  loop_.schedule(*this);
}

void H1Inbound::take(base::Bytes received) {
  if (reading_ == Reading::lingering) return;
  if (reading_ == Reading::waiting) return unread_.append(received);
  unread_.parse(received, [this](base::Bytes input) { return parse(input); });
}

void H1Inbound::take_rest() {
  unread_.parse_rest([this](base::Bytes input) { return parse(input); });
}

std::size_t H1Inbound::parse(base::Bytes input) {
  const std::size_t used = parse_steps(input);
  return reading_ == Reading::closed ? input.size() : used;
}

std::size_t H1Inbound::parse_steps(base::Bytes input) {
  std::size_t used = 0;
  while (used < input.size()) {
    std::size_t step = 0;
    if (reading_ == Reading::head) step = parse_head(input.substr(used));
    if (reading_ == Reading::body || reading_ == Reading::tunnel) {
      step += parse_body(input.substr(used + step));
    }
    if (step == 0) break;
    used += step;
    bytes_in_ += step;
  }
  return used;
}

std::size_t H1Inbound::parse_head(base::Bytes input) {
  if (started_ == MonotonicTime{}) started_ = last_progress_;
  if (scanned_ == 0 && input.starts_with("\r\n")) {
    if (empty_lines_++ < kMaxLeadingEmptyLines) return 2;
  }
  const HeadScan scan = scan_head(input, scanned_);
  const std::size_t limit = settings_->limits.header_bytes;
  const std::size_t length = scan.found == HeadScan::Found::complete ? scan.length : input.size();
  if (limit != 0 && length > limit) {
    refuse(from_client(Cause::request_too_large, Phase::request, "header too large", 431));
    return input.size();
  }
  if (scan.found == HeadScan::Found::broken) {
    refuse(from_client(Cause::request_malformed, Phase::request, "line ends without CRLF"));
    return input.size();
  }
  if (scan.found == HeadScan::Found::incomplete) return 0;
  begin_request(input.substr(0, length));
  return length;
}

void H1Inbound::begin_request(base::Bytes text) {
  RequestHead head;
  const Error error = parse_request(head.arena.copy(text), settings_->limits, head);
  ++requests_;
  if (error) return refuse(error);
  version_ = head.version;
  method_ = head.method;
  upgrade_ = head.upgrade;
  const std::uint32_t most = settings_->limits.requests_per_connection;
  if (head.closes || (most != 0 && requests_ >= most)) must_close_ = true;
  const bool has_body = head.framing == Framing::chunked || head.content_length != 0;
  body_reader_.begin(head.framing, head.content_length);
  reading_ = has_body ? Reading::body : Reading::waiting;
  handler_ = owner_.make_handler(*this);
  handler_->head(head);
  // An upgrade has no end of its own: it becomes a tunnel, or its refusal ends it.
  if (reading_ == Reading::waiting && upgrade_ == Upgrade::none) request_ended();
}

std::size_t H1Inbound::parse_body(base::Bytes input) {
  if (reading_ == Reading::tunnel) {
    deliver(input);
    return input.size();
  }
  std::size_t used = 0;
  while (reading_ == Reading::body) {
    const H1Body::Step step = body_reader_.next(input.substr(used));
    used += step.used;
    switch (step.kind) {
      case H1Body::Step::Kind::need_more:
        return used;
      case H1Body::Step::Kind::data:
        deliver(step.data);
        break;
      case H1Body::Step::Kind::end:
        reading_ = Reading::waiting;
        request_ended();
        break;
      case H1Body::Step::Kind::broken:
        fail_request(from_client(Cause::request_malformed, Phase::request, step.detail));
        return input.size();
    }
  }
  return used;
}

void H1Inbound::deliver(base::Bytes bytes) {
  body_bytes_ += bytes.size();
  if (request_cancelled_) return;
  const base::ByteCount limit = settings_->limits.body_bytes;
  if (limit != 0 && body_bytes_ > limit && reading_ == Reading::body) {
    return fail_request(
        from_client(Cause::request_too_large, Phase::request, "body over the limit"));
  }
  unconsumed_ += bytes.size();
  handler_->body(bytes);
}

void H1Inbound::request_ended() {
  if (handler_ != nullptr && !request_cancelled_) handler_->end(body_reader_.trailers());
}

// The head cannot be read: somebody must still answer, and count and log it.
void H1Inbound::refuse(const Error& error) {
  reading_ = Reading::waiting;
  handler_ = owner_.make_handler(*this);
  fail_request(error);
}

void H1Inbound::fail_request(const Error& error) {
  reading_ = Reading::waiting;
  must_close_ = true;
  unread_.clear();
  if (std::exchange(request_cancelled_, true)) return;
  handler_->abort(error);
}

void H1Inbound::on_end_of_input() {
  input_ended_ = true;
  last_progress_ = loop_.now();
  transport_->pause_reading();
  switch (reading_) {
    case Reading::head:
    case Reading::lingering:
      return close();
    case Reading::body:
      return lose_client(0);
    case Reading::tunnel:   // settle() tells of it
    case Reading::waiting:  // it may have closed its sending half only
    case Reading::closed:
      break;
  }
  loop_.schedule(*this);
}

void H1Inbound::lose_client(int system_error) {
  if (handler_ != nullptr) {
    Error error = from_client(Cause::client_gone, phase_of_loss(), "client closed the connection");
    error.system = system_error;
    handler_->abort(error);
  }
  close();
}

Phase H1Inbound::phase_of_loss() const {
  if (reading_ == Reading::tunnel) return Phase::tunnel;
  if (responding_ != Responding::no_head) return Phase::respond;
  return reading_ == Reading::waiting ? Phase::wait : Phase::request;
}

void H1Inbound::consumed(std::size_t bytes) noexcept {
  if (room() == 0) {  // the client was held back: its time begins now
    last_progress_ = loop_.now();
    loop_.schedule(*this);
  }
  unconsumed_ -= bytes;
  if (transport_ != nullptr && !input_ended_ && wants_bytes()) transport_->resume_reading();
}

void H1Inbound::cancel(const Error&) noexcept { request_cancelled_ = true; }

net::Address H1Inbound::called() const noexcept {
  if (said_ != nullptr) return said_->called;
  return transport_ != nullptr ? transport_->local_address() : net::Address();
}

// ---- responding
// ----------------------------------------------------------------------------------

MessageSink<ResponseHead>& H1Inbound::respond(MessageSource& source) noexcept {
  response_source_ = &source;
  return *this;
}

ResponseForm H1Inbound::form_of(const ResponseHead& head) const {
  ResponseForm form{.client = version_, .framing = head.framing, .connection = Connection::keep};
  if (form.framing == Framing::chunked || form.framing == Framing::close) {
    form.framing = version_ == Version::http_1_0 ? Framing::close : Framing::chunked;
  }
  if (must_close_ || form.framing == Framing::close) form.connection = Connection::close;
  return form;
}

void H1Inbound::head(ResponseHead& head) noexcept {
  loop_.schedule(*this);
  if (head.is_interim()) {
    if (version_ != Version::http_1_0) write_response_head(outbox_.staged(), head, {});
    return;
  }
  // A request that is still under way, or bytes sent ahead of a refused upgrade, leave doubt about
  // where the next request begins.
  const bool refused_upgrade = upgrade_ == Upgrade::requested && head.upgrade == Upgrade::none;
  if (reading_ == Reading::body || refused_upgrade || input_ended_ || owner_.is_draining()) {
    must_close_ = true;
  }
  upgrade_ = head.upgrade;
  responding_ = Responding::body;
  const ResponseForm form = form_of(head);
  if (form.connection == Connection::close) must_close_ = true;
  out_framing_ = form.framing;
  write_response_head(outbox_.staged(), head, form);
  if (head.upgrade == Upgrade::requested) start_tunnel();
}

void H1Inbound::start_tunnel() {
  reading_ = Reading::tunnel;
  out_framing_ = Framing::close;
  must_close_ = true;
  if (!input_ended_) transport_->resume_reading();
}

void H1Inbound::body(base::Bytes bytes) noexcept {
  loop_.schedule(*this);
  if (out_framing_ == Framing::chunked) {
    // The CRLF behind a chunk leaves with what follows it: one send a piece.
    if (std::exchange(in_chunk_, true)) outbox_.stage(kChunkEnd);
    write_chunk_line(outbox_.staged(), bytes.size());
  }
  if (reading_ == Reading::tunnel && !outbox_.blocked()) last_progress_ = loop_.now();
  outbox_.write(*transport_, bytes);
  unreturned_ += bytes.size();
  return_credit();
}

void H1Inbound::end(const Fields& trailers) noexcept {
  loop_.schedule(*this);
  responding_ = Responding::ended;
  response_source_ = nullptr;
  last_progress_ = loop_.now();
  if (out_framing_ != Framing::chunked) return;
  if (in_chunk_) outbox_.stage(kChunkEnd);
  write_last_chunk(outbox_.staged(), trailers);
}

// The message must never look complete: a reset says so even where only the close would end it.
void H1Inbound::abort(const Error&) noexcept {
  response_source_ = nullptr;
  outbox_.flush(*transport_);
  transport_->reset_on_close();
  close();
}

void H1Inbound::return_credit() {
  if (outbox_.blocked() || unreturned_ == 0) return;
  const std::size_t bytes = std::exchange(unreturned_, 0);
  if (response_source_ != nullptr) response_source_->consumed(bytes);
}

void H1Inbound::on_writable(int error) noexcept {
  last_progress_ = loop_.now();
  outbox_.on_writable(*transport_, error);
  loop_.schedule(*this);
}

// ---- what follows a callback
// ---------------------------------------------------------------------

void H1Inbound::run() {
  if (unread_.has_batched()) take(unread_.take_batched());
  if (reading_ == Reading::closed) return;
  outbox_.flush(*transport_);
  if (outbox_.error() != 0) return lose_client(outbox_.error());
  return_credit();
  settle();
  if (reading_ != Reading::closed) plan_timeout();
}

void H1Inbound::settle() {
  if (reading_ == Reading::tunnel) {
    if (!unread_.empty()) take_rest();
    if (reading_ == Reading::closed) return;
    if (input_ended_ && !request_cancelled_ && !std::exchange(tunnel_input_ended_, true)) {
      handler_->end(kNoTrailers);  // it may have ended before there was a tunnel
    }
    const bool response_left = responding_ == Responding::ended && outbox_.empty();
    if (response_left && !std::exchange(output_ended_, true)) transport_->shutdown_sending();
    if (!response_left || !(input_ended_ || request_cancelled_)) return;
    return finish_stream();
  }
  if (responding_ == Responding::ended && outbox_.empty() && handler_ != nullptr) finish_stream();
}

void H1Inbound::finish_stream() {
  handler_->finished();
  loop_.defer(std::move(handler_));
  if (settings_ != &owner_.inbound_settings()) take_settings();
  if (!must_close_ && !input_ended_) return next_request();
  const bool unread = reading_ == Reading::body || !unread_.empty() || request_cancelled_;
  if (unread && !input_ended_) return linger();
  close();
}

void H1Inbound::next_request() {
  reading_ = Reading::head;
  responding_ = Responding::no_head;
  started_ = {};
  scanned_ = 0;
  empty_lines_ = 0;
  bytes_in_ = 0;
  body_bytes_ = 0;
  unconsumed_ = 0;
  sent_before_ = outbox_.sent();
  in_chunk_ = false;
  request_cancelled_ = false;
  last_progress_ = loop_.now();
  transport_->resume_reading();
  if (unread_.empty()) return;
  take_rest();
  loop_.schedule(*this);
}

// Closing with unread input would reset the connection and could destroy the answer on its way (RFC
// 9112 section 9.6), so the rest is read and dropped for a while.
void H1Inbound::linger() {
  reading_ = Reading::lingering;
  unconsumed_ = 0;  // nobody consumes any more; without room, a read would look like the end
  unread_.clear();
  last_progress_ = started_ = loop_.now();
  transport_->shutdown_sending();
  transport_->resume_reading();
  loop_.arm_in(timer_, kLingerTime);
}

void H1Inbound::close() {
  if (reading_ == Reading::closed) return;
  reading_ = Reading::closed;
  unread_.clear();
  timer_.cancel();
  static_cast<net::Task&>(*this).unlink();
  transport_.reset();
  response_source_ = nullptr;
  loop_.defer(std::move(handler_));
  owner_.on_inbound_closed(*this);
}

void H1Inbound::follow_settings() {
  if (handler_ != nullptr || reading_ == Reading::closed) return;
  take_settings();
  plan_timeout();
}

void H1Inbound::take_settings() {
  settings_ = &owner_.inbound_settings();
  peer_.judge_by(settings_->trusted_proxies);
}

void H1Inbound::close_when_idle(base::Duration grace) {
  if (is_idle() && loop_.now() - last_progress_ >= grace) close();
}

void H1Inbound::close_now(const Error& why) {
  if (handler_ != nullptr) handler_->abort(why);
  if (reading_ == Reading::closed) return;
  transport_->reset_on_close();
  close();
}

// ---- time
// ----------------------------------------------------------------------------------------

// Zero where nothing limits the present state.
base::Duration H1Inbound::limit_now() const {
  const TimeoutsConfig& timeouts = settings_->timeouts;
  if (reading_ == Reading::lingering) return kLingerTime;
  if (outbox_.blocked()) return timeouts.write_idle;
  if (reading_ == Reading::head) {
    return unread_.empty() && requests_ != 0 ? timeouts.idle : timeouts.header;
  }
  if (reading_ == Reading::body && room() > 0) return timeouts.body_idle;
  if (reading_ == Reading::waiting && input_ended_ && responding_ == Responding::no_head) {
    return kHalfClosedGrace;
  }
  // An open tunnel may be silent for as long as both like; one that is closed on one side may not.
  if (reading_ == Reading::tunnel && (input_ended_ || output_ended_)) return timeouts.idle;
  return {};
}

MonotonicTime H1Inbound::deadline() const {
  const base::Duration limit = limit_now();
  if (limit.count() == 0) return MonotonicTime::max();
  if (reading_ == Reading::lingering) {
    return std::min(last_progress_ + limit, started_ + kLingerMost);
  }
  const bool head_begun = reading_ == Reading::head && started_ != MonotonicTime{};
  return (head_begun ? started_ : last_progress_) + limit;
}

// Left armed while nothing limits: that costs a look now and then, not two list operations a
// request.
void H1Inbound::plan_timeout() {
  const MonotonicTime due = deadline();
  if (due != MonotonicTime::max()) loop_.arm(timer_, due);
}

void H1Inbound::on_timer() {
  if (deadline() > loop_.now()) return plan_timeout();
  if (outbox_.blocked()) return on_slow_reader();
  switch (reading_) {
    case Reading::head:
      if (started_ == MonotonicTime{}) return close();
      refuse(from_client(Cause::header_timeout, Phase::request, "header not complete in time"));
      return loop_.schedule(*this);
    case Reading::body:
      fail_request(from_client(Cause::body_timeout, Phase::request, "body stalled"));
      return loop_.schedule(*this);
    case Reading::waiting:
      return lose_client(0);
    case Reading::tunnel:
      return close_now(from_client(Cause::client_gone, Phase::tunnel, "half-closed and silent"));
    default:
      return close();
  }
}

// The kernel holds megabytes for a slow reader: only what it acknowledges shows whether it reads.
void H1Inbound::on_slow_reader() {
  const std::size_t left = transport_->unacknowledged();
  if (left != std::exchange(unacknowledged_, left)) {
    last_progress_ = loop_.now();
    return plan_timeout();
  }
  close_now(from_client(Cause::client_too_slow, phase_of_loss(), "client reads nothing"));
}

}  // namespace poise::http
