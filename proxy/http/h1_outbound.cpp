#include "proxy/http/h1_outbound.h"

#include <algorithm>
#include <cerrno>

#include "proxy/http/h1_writer.h"

namespace poise::http {
namespace {

using base::Cause;
using base::Error;
using base::Phase;
using base::Side;

constexpr int kReadsPerEvent = 4;
constexpr std::uint8_t kMaxInterimHeads = 16;

const Fields kNoTrailers;

}  // namespace

H1Outbound::H1Outbound(net::Loop& loop, OutboundOwner& owner, const ResponseLimits& limits,
                       net::TransportPtr transport, std::string greeting)
    : loop_(loop),
      owner_(owner),
      limits_(limits),
      transport_(std::move(transport)),
      greeting_(std::move(greeting)),
      opened_at_(loop.now()),
      idle_since_(loop.now()) {
  transport_->set_events(*this);
  transport_->resume_reading();
}

H1Outbound::~H1Outbound() = default;

// ---- the request
// ---------------------------------------------------------------------------------

MessageSink<RequestHead>& H1Outbound::start(MessageSink<ResponseHead>& responses,
                                            MessageSource& source) noexcept {
  responses_ = &responses;
  source_ = &source;
  ++requests_;
  reading_ = Reading::head;
  sent_before_ = outbox_.sent();
  scanned_ = 0;
  unconsumed_ = 0;
  unreturned_ = 0;
  interim_heads_ = 0;
  in_chunk_ = false;
  request_ended_ = false;
  response_began_ = false;
  return *this;
}

void H1Outbound::head(RequestHead& head) noexcept {
  method_ = head.method;
  upgrade_ = head.upgrade;
  out_framing_ = head.framing;
  write_request_head(outbox_.staged(), head);
  loop_.schedule(*this);
}

void H1Outbound::body(base::Bytes bytes) noexcept {
  if (out_framing_ == Framing::chunked) {
    if (std::exchange(in_chunk_, true)) outbox_.stage(kChunkEnd);
    write_chunk_line(outbox_.staged(), bytes.size());
  }
  outbox_.write(*transport_, bytes);
  unreturned_ += bytes.size();
  return_credit();
  loop_.schedule(*this);
}

void H1Outbound::end(const Fields& trailers) noexcept {
  request_ended_ = true;
  loop_.schedule(*this);
  if (reading_ == Reading::tunnel) return forget_ended_tunnel();
  if (out_framing_ != Framing::chunked) return;
  if (in_chunk_) outbox_.stage(kChunkEnd);
  write_last_chunk(outbox_.staged(), trailers);
}

void H1Outbound::abort(const Error& error) noexcept { cancel(error); }

// The backend must not take a part of a request for the whole: a reset says so.
void H1Outbound::cancel(const Error&) noexcept {
  if (reading_ == Reading::closed) return;
  transport_->reset_on_close();
  leave(false);
}

void H1Outbound::return_credit() {
  if (outbox_.blocked() || unreturned_ == 0) return;
  const std::size_t bytes = std::exchange(unreturned_, 0);
  if (source_ != nullptr) source_->consumed(bytes);
}

void H1Outbound::on_writable(int error) noexcept {
  outbox_.on_writable(*transport_, error);
  loop_.schedule(*this);
}

void H1Outbound::run() {
  if (unread_.has_batched()) take(unread_.take_batched());
  if (reading_ == Reading::closed) return;
  outbox_.flush(*transport_);
  return_credit();
  if (outbox_.error() != 0) return on_send_failed();
  if (reading_ == Reading::tunnel) settle_tunnel();
}

// A backend that refuses a body answers and closes: its answer may wait behind the failed send.
void H1Outbound::on_send_failed() {
  if (reading_ == Reading::idle || response_ended_) return fail_send();
  read(Handling::at_once);
  // An answer that has begun goes on to its own end, which the failed connection also has.
  if (reading_ == Reading::head || reading_ == Reading::tunnel) fail_send();
}

void H1Outbound::fail_send() {
  if (responses_ == nullptr) return leave(false);
  on_end_of_input(outbox_.error());
}

// ---- the response
// --------------------------------------------------------------------------------

std::size_t H1Outbound::room() const { return kWindow - std::min(unconsumed_, kWindow); }

void H1Outbound::on_readable() noexcept {
  if (unread_.has_batched()) return;
  // Its end, or bytes nobody asked for: either way it is of no more use.
  if (reading_ == Reading::idle) return leave(true);
  read(Handling::batched);
}

void H1Outbound::read(Handling handling) {
  for (int round = 0; round < kReadsPerEvent; ++round) {
    if (room() == 0) return transport_->pause_reading();
    const auto space = loop_.scratch().first(std::min(room(), net::Loop::kScratchBytes));
    const net::IoResult result = transport_->receive(space);
    if (result.status == net::IoResult::Status::end) return on_end_of_input(lost_reset());
    if (result.status == net::IoResult::Status::failed) return on_end_of_input(result.error);
    if (!result.ok()) return;
    // They cannot answer a request that has not left: the one before got more than its answer.
    if (reading_ == Reading::head && outbox_.sent() == sent_before_) {
      return fail(Cause::response_reset, "bytes before the request");
    }
    const base::Bytes received(space.data(), result.count);
    if (handling == Handling::batched && unread_.batch(loop_, received)) {
      return loop_.schedule(*this);
    }
    take(received);
    if (reading_ == Reading::closed || reading_ == Reading::idle) return;
    if (result.count < space.size()) return;
  }
}

// The kernel tells of a reset once. Where a send heard of it, a read sees an end like any other. (A
// reset that follows a true end is an EPIPE.)
int H1Outbound::lost_reset() const { return outbox_.error() == ECONNRESET ? ECONNRESET : 0; }

void H1Outbound::take(base::Bytes received) {
  response_began_ = true;
  unread_.parse(received, [this](base::Bytes input) {
    const std::size_t used = parse(input);
    return reading_ == Reading::head ? used : input.size();
  });
}

std::size_t H1Outbound::parse(base::Bytes input) {
  std::size_t used = 0;
  while (reading_ == Reading::head && used < input.size()) {
    const std::size_t step = parse_head(input.substr(used));
    if (step == 0) return used;
    used += step;
  }
  if (reading_ == Reading::body || reading_ == Reading::tunnel) {
    used += parse_body(input.substr(used));
  }
  return used;
}

std::size_t H1Outbound::parse_head(base::Bytes input) {
  const HeadScan scan = scan_head(input, scanned_);
  if (scan.found == HeadScan::Found::broken) {
    fail(Cause::response_malformed, "line ends without CRLF");
    return 0;
  }
  const std::size_t length = scan.found == HeadScan::Found::complete ? scan.length : input.size();
  if (length > limits_.header_bytes) {
    fail(Cause::response_too_large, "header too large");
    return 0;
  }
  if (scan.found == HeadScan::Found::incomplete) return 0;
  scanned_ = 0;
  begin_response(input, length);
  return length;
}

// Whatever follows a bodiless response is surplus; whether there is any is known only here.
void H1Outbound::begin_response(base::Bytes input, std::size_t length) {
  ResponseHead head;
  const Error error = parse_response(input.substr(0, length), limits_, {method_, upgrade_}, head);
  if (error) return fail(error.cause, error.detail);
  if (head.is_interim()) {
    if (++interim_heads_ > kMaxInterimHeads) {
      return fail(Cause::response_malformed, "too many interim responses");
    }
    return responses_->head(head);
  }
  closes_ = head.closes || head.framing == Framing::close;
  promised_idle_ = head.keep_alive_timeout;
  withheld_body_ = head.framing == Framing::none && head.has_length;
  if (head.upgrade == Upgrade::requested) {
    reading_ = Reading::tunnel;
    return responses_->head(head);
  }
  body_reader_.begin(head.framing, head.content_length);
  const bool has_body = head.framing != Framing::none &&
                        !(head.framing == Framing::length && head.content_length == 0);
  reading_ = Reading::body;
  responses_->head(head);
  if (!has_body && reading_ == Reading::body) response_ended(input.size() > length);
}

std::size_t H1Outbound::parse_body(base::Bytes input) {
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
        response_ended(used < input.size());
        break;
      case H1Body::Step::Kind::broken:
        fail(Cause::response_malformed, step.detail);
        break;
    }
  }
  return used;
}

void H1Outbound::deliver(base::Bytes bytes) {
  if (bytes.empty()) return;
  unconsumed_ += bytes.size();
  responses_->body(bytes);
}

void H1Outbound::response_ended(bool surplus) {
  MessageSink<ResponseHead>* responses = std::exchange(responses_, nullptr);
  source_ = nullptr;
  const bool reusable = request_ended_ && outbox_.empty() && !closes_ && !surplus;
  if (reusable) {
    reading_ = Reading::idle;
    idle_since_ = loop_.now();
    transport_->resume_reading();
    owner_.on_outbound_idle(*this);
  } else {
    leave(false);
  }
  responses->end(body_reader_.trailers());
}

void H1Outbound::on_end_of_input(int system_error) {
  if (reading_ == Reading::tunnel && system_error == 0) {
    transport_->pause_reading();
    response_ended_ = true;
    responses_->end(kNoTrailers);
    forget_ended_tunnel();
    return loop_.schedule(*this);
  }
  if (reading_ == Reading::body && system_error == 0) {
    const H1Body::Step step = body_reader_.at_end_of_input();
    if (step.kind == H1Body::Step::Kind::end) return response_ended(false);
  }
  if (reading_ == Reading::head) {
    return fail(response_began_ ? Cause::response_truncated : Cause::response_reset,
                response_began_ ? "closed within the response head" : "closed before a response",
                system_error);
  }
  fail(Cause::response_truncated, "closed within the response", system_error);
}

Error H1Outbound::error_of(Cause cause, const char* detail, int system_error) const {
  Phase phase = Phase::wait;
  if (reading_ == Reading::body) phase = Phase::respond;
  if (reading_ == Reading::tunnel) phase = Phase::tunnel;
  if (reading_ == Reading::head && !request_ended_ && upgrade_ == Upgrade::none) {
    phase = Phase::send;
  }
  const bool sent = outbox_.sent() > sent_before_;
  return {.cause = cause,
          .phase = phase,
          .side = Side::backend,
          .sent = sent ? base::Sent::something : base::Sent::nothing,
          .system = system_error,
          .detail = detail};
}

void H1Outbound::fail(Cause cause, const char* detail, int system_error) {
  const Error error = error_of(cause, detail, system_error);
  MessageSink<ResponseHead>* responses = responses_;
  leave(false);
  responses->abort(error);
}

void H1Outbound::consumed(std::size_t bytes) noexcept {
  unconsumed_ -= bytes;
  if (transport_ != nullptr && !response_ended_) transport_->resume_reading();
}

// Both halves ended: nobody waits for this stream any more, though bytes may still be on their way.
void H1Outbound::forget_ended_tunnel() {
  if (!request_ended_ || !response_ended_) return;
  responses_ = nullptr;
  source_ = nullptr;
}

void H1Outbound::settle_tunnel() {
  if (!request_ended_ || !outbox_.empty()) return;
  if (!std::exchange(output_ended_, true)) transport_->shutdown_sending();
  if (response_ended_) retire();
}

void H1Outbound::retire() { leave(false); }

bool H1Outbound::close_now(base::Cause cause, const char* detail) {
  if (reading_ == Reading::closed) return false;
  MessageSink<ResponseHead>* responses = responses_;
  Error error = error_of(cause, detail, 0);
  error.side = Side::local;
  transport_->reset_on_close();
  leave(false);
  if (responses != nullptr) responses->abort(error);
  return responses != nullptr;
}

void H1Outbound::leave(bool was_idle) {
  close();
  owner_.on_outbound_closed(*this, was_idle);
}

void H1Outbound::close() {
  reading_ = Reading::closed;
  unread_.clear();
  static_cast<net::Task&>(*this).unlink();
  transport_.reset();
  responses_ = nullptr;
  source_ = nullptr;
}

}  // namespace poise::http
