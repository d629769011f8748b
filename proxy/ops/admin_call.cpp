#include "proxy/ops/admin_call.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace poise::ops {
namespace {

constexpr http::ResponseLimits kLimits{};
constexpr std::size_t kPiece = 64 * 1024;

std::string text_of(const base::Error& error) {
  std::string text = error.detail;
  if (error.system != 0) text += std::string(" (") + std::strerror(error.system) + ")";
  return text;
}

}  // namespace

AdminCall::AdminCall(net::Loop& loop, const AdminTarget& target, AdminRequest request,
                     base::Duration timeout, Events& events)
    : loop_(loop),
      target_(target),
      request_(std::move(request)),
      timeout_(timeout),
      events_(events),
      connector_(loop, static_cast<net::Connector::Events&>(*this)),
      timer_(base::Timer::calling<AdminCall, &AdminCall::on_timeout>(this)) {}

AdminCall::~AdminCall() {
  done_ = true;
  if (stream_ != nullptr) {
    stream_->cancel({.cause = base::Cause::client_gone, .detail = "nobody waits for it"});
  } else if (connection_ != nullptr) {
    connection_->retire();
  }
}

void AdminCall::start() {
  note_progress();
  connector_.start(target_.address, base::Duration::zero());
}

void AdminCall::on_connected(net::TransportPtr transport) noexcept {
  note_progress();
  connection_ = std::make_unique<http::H1Outbound>(loop_, static_cast<http::OutboundOwner&>(*this),
                                                   kLimits, std::move(transport));
  send_head();
  send_body();
}

void AdminCall::on_connect_failed(int error) noexcept { fail(std::strerror(error)); }

void AdminCall::on_outbound_closed(http::H1Outbound&, bool) noexcept {
  stream_ = nullptr;
  sink_ = nullptr;
  loop_.defer(std::move(connection_));
}

void AdminCall::add_fields(http::RequestHead& head) const {
  const auto add = [&head](std::string_view name, std::string_view value) {
    if (!value.empty()) head.fields.add(head.arena, name, head.arena.copy(value));
  };
  add("User-Agent", "poise");
  add("Accept", request_.accept);
  add("X-Poise", "1");
  add("Last-Event-ID", request_.last_event_id);
  if (!target_.token.empty()) add("Authorization", "Bearer " + target_.token);
  add("Connection", "close");
}

void AdminCall::send_head() {
  http::RequestHead head;
  const std::string_view target = request_.target;
  const std::size_t question = target.find('?');
  head.method = http::method_of(request_.method);
  head.method_text = request_.method;
  head.path = target.substr(0, question);
  head.has_query = question != target.npos;
  if (head.has_query) head.query = target.substr(question + 1);
  head.authority = target_.authority;
  add_fields(head);
  if (request_.method != "GET") head.framing = http::Framing::length;
  head.content_length = request_.body.size();
  stream_ = &connection_->stream();
  sink_ = &stream_->start(*this, *this);
  sink_->head(head);
}

void AdminCall::send_body() {
  while (sink_ != nullptr && unreturned_ == 0 && sent_ < request_.body.size()) {
    const auto piece = base::Bytes(request_.body).substr(sent_, kPiece);
    sent_ += piece.size();
    unreturned_ += piece.size();
    sink_->body(piece);
  }
  if (sink_ != nullptr && sent_ == request_.body.size()) std::exchange(sink_, nullptr)->end({});
}

void AdminCall::consumed(std::size_t bytes) noexcept {
  unreturned_ -= bytes;
  note_progress();
  if (unreturned_ == 0 && sink_ != nullptr) loop_.schedule(*this);
}

void AdminCall::head(http::ResponseHead& head) noexcept {
  if (done_ || head.is_interim()) return;
  note_progress();
  status_ = head.status;
  const http::Field* type = head.fields.find(http::FieldId::content_type);
  if (type != nullptr) content_type_ = type->value;
}

void AdminCall::body(base::Bytes bytes) noexcept {
  stream_->consumed(bytes.size());
  if (done_) return;
  note_progress();
  events_.on_body(bytes);
}

void AdminCall::end(const http::Fields&) noexcept {
  stream_ = nullptr;
  sink_ = nullptr;
  if (std::exchange(done_, true)) return;
  timer_.cancel();
  events_.on_answered();
}

void AdminCall::abort(const base::Error& error) noexcept {
  stream_ = nullptr;
  sink_ = nullptr;
  fail(text_of(error));
}

void AdminCall::on_timeout() {
  fail(connection_ == nullptr ? "no connection in time" : "no answer in time");
}

void AdminCall::fail(std::string why) {
  if (std::exchange(done_, true)) return;
  timer_.cancel();
  events_.on_call_failed(std::move(why));
}

}  // namespace poise::ops
