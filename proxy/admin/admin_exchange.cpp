#include "proxy/admin/admin_exchange.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "proxy/base/log.h"
#include "proxy/base/log_clock.h"

namespace poise::admin {
namespace {

using base::Cause;
using http::Framing;
using http::Method;

std::string_view date_now() {
  thread_local base::LogClock clock;
  const auto now = std::chrono::system_clock::now();
  return clock.imf_fixdate(std::chrono::time_point_cast<std::chrono::milliseconds>(now));
}

Answer failure(int status, std::string_view words) {
  return {.status = status, .body = json_object("error", words)};
}

bool has_body(const http::RequestHead& request) {
  return request.framing == Framing::chunked || request.content_length != 0;
}

bool client_will_not_read(const base::Error& error) {
  return error.cause == Cause::client_gone || error.cause == Cause::client_too_slow ||
         error.cause == Cause::draining;
}

}  // namespace

AdminExchange::~AdminExchange() { hang_up(); }

// Whoever holds the Reply finds nobody there from now on.
void AdminExchange::hang_up() {
  if (line_ != nullptr) line_->exchange = nullptr;
  line_ = nullptr;
}

// ---- the request
// ---------------------------------------------------------------------------------

void AdminExchange::head(http::RequestHead& head) noexcept {
  request_ = std::move(head);
  found_ = site_.router.find(request_.method, request_.path);
  if (auto answer = objection()) return turn_away(std::move(*answer));
  if (has_body(request_)) return welcome_body();
  // Nothing here upgrades, and a request that asks for it has no end of its own.
  if (request_.upgrade != http::Upgrade::none) end({});
}

std::optional<Answer> AdminExchange::objection() const {
  const Access access = found_.endpoint == nullptr ? Access::open : found_.endpoint->access;
  if (const auto refusal = site_.rules.refusal(access, request_)) {
    Answer answer = failure(refusal->status, refusal->words);
    if (refusal->status == 401) answer.fields.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
  }
  if (found_.endpoint != nullptr) return std::nullopt;
  if (found_.allowed.empty()) return failure(404, "there is nothing here; see docs/admin.md");
  Answer answer = failure(405, "this path takes " + found_.allowed);
  answer.fields.emplace_back("Allow", found_.allowed);
  return answer;
}

void AdminExchange::turn_away(Answer answer) {
  if (has_body(request_)) inbound_.cancel({.cause = Cause::denied});
  send(std::move(answer));
}

// RFC 9110 section 10.1.1.
void AdminExchange::welcome_body() {
  if (!request_.expects_continue) return;
  http::ResponseHead interim;
  interim.status = 100;
  inbound_.respond(*this).head(interim);
}

void AdminExchange::body(base::Bytes bytes) noexcept {
  inbound_.consumed(bytes.size());
  if (state_ == State::asked && request_.method == Method::post) request_body_ += bytes;
}

void AdminExchange::end(const http::Fields&) noexcept {
  if (state_ != State::asked || found_.endpoint == nullptr) return;
  found_.endpoint->answer({request_, std::move(found_.parameters), request_body_}, Reply(*this));
}

void AdminExchange::abort(const base::Error& error) noexcept {
  if (client_will_not_read(error)) {
    client_ = nullptr;
    state_ = State::ended;
    return hang_up();
  }
  if (state_ == State::asked) send(failure(base::status_of(error), error.detail));
}

void AdminExchange::finished() noexcept {
  client_ = nullptr;
  state_ = State::ended;
}

// ---- the answer
// ----------------------------------------------------------------------------------

void AdminExchange::on_reply_dropped() {
  line_ = nullptr;
  if (state_ == State::streaming) return end_stream();
  if (state_ == State::asked) send(failure(500, "this request was forgotten"));
}

void AdminExchange::send(Answer answer) {
  if (state_ != State::asked) return;
  hang_up();
  waiting_ = std::move(answer.body);
  begin(answer, Framing::length);
  state_ = State::answering;
  if (request_.method == Method::head) waiting_.clear();
  send_waiting();
}

void AdminExchange::begin_stream(std::string_view type) {
  if (state_ != State::asked) return;
  begin({.type = type}, Framing::chunked);
  state_ = State::streaming;
  if (request_.method == Method::head) end_stream();
}

void AdminExchange::begin(const Answer& answer, Framing framing) {
  http::ResponseHead head;
  head.status = answer.status;
  head.has_length = framing == Framing::length;
  head.content_length = head.has_length ? waiting_.size() : 0;
  head.framing = request_.method == Method::head ? Framing::none : framing;
  head.fields.add(head.arena, "Date", head.arena.copy(date_now()));
  head.fields.add(head.arena, "Content-Type", answer.type);
  head.fields.add(head.arena, "Cache-Control", "no-store");
  head.fields.add(head.arena, "X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : answer.fields) head.fields.add(head.arena, name, value);
  client_ = &inbound_.respond(*this);
  client_->head(head);
  note_change(answer.status);
}

bool AdminExchange::write(std::string_view bytes) {
  if (state_ != State::streaming) return false;
  const std::size_t left = waiting_.size() - sent_;
  if (left > 0 && left + bytes.size() > Reply::kMostWaiting) {
    cut();
    return false;
  }
  waiting_.erase(0, std::exchange(sent_, 0));
  waiting_ += bytes;
  send_waiting();
  return true;
}

void AdminExchange::end_stream() {
  if (state_ != State::streaming) return;
  hang_up();
  state_ = State::answering;
  send_waiting();
}

void AdminExchange::end_if_streaming() { end_stream(); }

void AdminExchange::send_waiting() {
  while (client_ != nullptr && sent_ < waiting_.size() && unconsumed_ < http::kWindow) {
    const auto piece = std::string_view(waiting_).substr(sent_, http::kWindow - unconsumed_);
    sent_ += piece.size();
    unconsumed_ += piece.size();
    client_->body(piece);
  }
  if (client_ == nullptr || state_ != State::answering || sent_ < waiting_.size()) return;
  state_ = State::ended;
  client_->end({});
}

// The client does not read.
void AdminExchange::cut() {
  state_ = State::ended;
  hang_up();
  std::exchange(client_, nullptr)->abort({.cause = Cause::client_too_slow});
}

void AdminExchange::consumed(std::size_t bytes) noexcept {
  unconsumed_ -= bytes;
  if (sent_ < waiting_.size()) site_.loop.schedule(*this);
}

void AdminExchange::cancel(const base::Error&) noexcept {
  client_ = nullptr;
  state_ = State::ended;
  hang_up();
}

// Who changed the running process, and whether it was let.
void AdminExchange::note_change(int status) const {
  if (found_.endpoint == nullptr || found_.endpoint->access != Access::changing) return;
  static base::LogLimiter limiter(50);
  base::log_limited(limiter, site_.loop.now(), base::Level::info, "admin: {} {} from {}: {}",
                    request_.method_text, request_.path, inbound_.peer().address().text(), status);
}

}  // namespace poise::admin
