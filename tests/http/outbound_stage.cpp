#include "tests/http/outbound_stage.h"

#include "proxy/net/socket.h"

namespace poise::test {

OutboundStage::OutboundStage(http::ResponseLimits limits) : limits_(limits) {
  auto transport = net::Socket::open(wire.loop(), wire.take_our_end(), no_events_);
  connection_ =
      std::make_unique<http::H1Outbound>(wire.loop(), *this, limits_, std::move(transport));
}

OutboundStage::~OutboundStage() {
  if (!closed) connection_->retire();
  wire.settle();
}

void OutboundStage::start(const std::string& method, http::Framing framing, std::size_t length) {
  http::RequestHead head;
  head.method = http::method_of(method);
  head.method_text = method;
  head.path = "/";
  head.authority = "a";
  head.framing = framing;
  head.content_length = length;
  begin(head);
}

void OutboundStage::start_upgrade() {
  http::RequestHead head;
  head.method_text = "GET";
  head.path = "/";
  head.authority = "a";
  head.upgrade = http::Upgrade::requested;
  head.upgrade_protocol = "test";
  begin(head);
}

void OutboundStage::begin(http::RequestHead& head) {
  heads.clear();
  text.clear();
  trailers.clear();
  ended = false;
  aborted = {};
  held = returned_ = 0;
  stream_ = &connection_->stream();
  request_ = &stream_->start(*this, *this);
  request_->head(head);
}

void OutboundStage::get() {
  start();
  end_request();
  wire.settle();
}

void OutboundStage::on_outbound_closed(http::H1Outbound&, bool was_idle) noexcept {
  closed = true;
  closed_while_idle = was_idle;
  wire.loop().defer(std::move(connection_));
}

void OutboundStage::head(http::ResponseHead& head) noexcept {
  heads += std::to_string(head.status) + ' ' + std::string(head.reason) + ';';
}

void OutboundStage::body(base::Bytes bytes) noexcept {
  text += bytes;
  held += bytes.size();
  if (!holds_credit) give_credit(bytes.size());
}

void OutboundStage::give_credit(std::size_t bytes) {
  held -= bytes;
  if (!closed) stream_->consumed(bytes);
}

void OutboundStage::end(const http::Fields& fields) noexcept {
  ended = true;
  for (const http::Field& field : fields.all()) {
    trailers += std::string(field.name) + '=' + std::string(field.value) + ';';
  }
}

std::string OutboundStage::story() const {
  return heads + " [" + text + "] {" + trailers + "} " + (ended ? "ended " : "") +
         std::string(base::to_text(aborted.cause)) + (closed ? " closed" : " open");
}

}  // namespace poise::test
