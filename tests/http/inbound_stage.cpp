#include "tests/http/inbound_stage.h"

namespace poise::test {

using http::Framing;

// ---- the handler
// ---------------------------------------------------------------------------------

void ScriptedHandler::head(http::RequestHead& head) noexcept {
  seen_.line = std::string(head.method_text) + ' ' + std::string(head.path);
  upgrade_ = head.upgrade;
  if (on_head) on_head(*this);
}

void ScriptedHandler::body(base::Bytes bytes) noexcept {
  seen_.body += bytes;
  seen_.held += bytes.size();
  if (!holds_credit) give_credit(bytes.size());
}

void ScriptedHandler::end(const http::Fields& trailers) noexcept {
  seen_.ended = true;
  for (const http::Field& field : trailers.all()) {
    seen_.trailers += std::string(field.name) + '=' + std::string(field.value) + ';';
  }
  if (on_end) on_end(*this);
}

void ScriptedHandler::abort(const base::Error& error) noexcept {
  seen_.aborted = error;
  if (on_abort) on_abort(*this);
}

void ScriptedHandler::consumed(std::size_t bytes) noexcept {
  seen_.returned += bytes;
  if (on_credit) on_credit(*this);
}

void ScriptedHandler::give_credit(std::size_t bytes) {
  seen_.held -= bytes;
  stream_.consumed(bytes);
}

void ScriptedHandler::begin_answer(int status, Framing framing, std::size_t length) {
  http::ResponseHead head;
  head.status = status;
  head.framing = framing;
  head.content_length = length;
  head.has_length = framing == Framing::length;
  response_ = &stream_.respond(*this);
  response_->head(head);
}

void ScriptedHandler::switch_protocols() {
  http::ResponseHead head;
  head.status = 101;
  head.upgrade = http::Upgrade::requested;
  head.upgrade_protocol = "test";
  response_ = &stream_.respond(*this);
  response_->head(head);
}

void ScriptedHandler::answer(int status, std::string_view body) {
  begin_answer(status, Framing::length, body.size());
  if (!body.empty()) say(body);
  end_answer();
}

// ---- the connection
// ------------------------------------------------------------------------------

InboundStage::InboundStage() : prepare(echo) {}

InboundStage::~InboundStage() {
  if (connection_ != nullptr) connection_->close_now({.cause = base::Cause::draining});
  wire.settle();
}

void InboundStage::open() {
  connection_ =
      std::make_unique<http::H1Inbound>(wire.loop(), *this, *net::Address::parse("127.0.0.1:1"));
  if (!connection_->open(wire.take_our_end())) connection_.reset();
}

std::unique_ptr<http::StreamHandler> InboundStage::make_handler(
    http::InboundStream& stream) noexcept {
  seen_.push_back(std::make_unique<Seen>());
  auto handler = std::make_unique<ScriptedHandler>(stream, *seen_.back());
  prepare(*handler);
  return handler;
}

void InboundStage::on_inbound_closed(http::H1Inbound&) noexcept {
  wire.loop().defer(std::move(connection_));
}

std::string InboundStage::story() const {
  std::string text;
  for (const auto& seen : seen_) {
    text += seen->line + " [" + seen->body + "] {" + seen->trailers + "} " +
            (seen->ended ? "ended " : "") + std::string(base::to_text(seen->aborted.cause)) + '\n';
  }
  return text;
}

void echo(ScriptedHandler& handler) {
  handler.on_end = [](ScriptedHandler& self) { self.answer(200, self.seen().body); };
  handler.on_abort = [](ScriptedHandler& self) {
    const bool is_there = self.seen().aborted.cause != base::Cause::client_gone &&
                          self.seen().aborted.cause != base::Cause::client_too_slow &&
                          self.seen().aborted.cause != base::Cause::draining;
    if (is_there) self.answer(base::status_of(self.seen().aborted), "");
  };
}

}  // namespace poise::test
