// One HTTP/1 connection to a backend, which is the peer of a Wire; what its responses and its owner
// were told is written down.
#pragma once

#include <memory>
#include <string>

#include "proxy/http/h1_outbound.h"
#include "tests/http/wire.h"

namespace poise::test {

class OutboundStage final : public http::OutboundOwner,
                            private http::MessageSink<http::ResponseHead>,
                            private http::MessageSource {
 public:
  explicit OutboundStage(http::ResponseLimits limits = {});
  ~OutboundStage();

  Wire wire;

  // ---- the request
  void start(const std::string& method = "GET", http::Framing framing = http::Framing::none,
             std::size_t length = 0);
  void start_upgrade();
  void say(std::string_view bytes) { request_->body(bytes); }
  void end_request(const http::Fields& fields = {}) { request_->end(fields); }
  void cancel_request() { stream_->cancel({.cause = base::Cause::client_gone}); }
  void retire() { connection_->retire(); }
  // A whole one without a body, on its way.
  void get();
  std::size_t returned() const { return returned_; }  // request body bytes whose credit came back

  // ---- the response
  std::string heads;  // "status reason;" of each
  std::string text;   // the body
  std::string trailers;
  bool ended = false;
  base::Error aborted;
  bool holds_credit = false;
  std::size_t held = 0;
  void give_credit(std::size_t bytes);
  // All of it, to compare.
  std::string story() const;

  // ---- the owner
  int times_idle = 0;
  bool closed = false;
  bool closed_while_idle = false;
  http::H1Outbound& connection() { return *connection_; }
  bool reused() { return stream_->reused(); }

 private:
  // Until the connection speaks, nobody does.
  struct NoEvents final : net::TransportEvents {
    void on_readable() noexcept override {}
    void on_writable(int) noexcept override {}
  };

  void begin(http::RequestHead& head);
  void on_outbound_idle(http::H1Outbound&) noexcept override { ++times_idle; }
  void on_outbound_closed(http::H1Outbound&, bool was_idle) noexcept override;
  void head(http::ResponseHead& head) noexcept override;
  void body(base::Bytes bytes) noexcept override;
  void end(const http::Fields& fields) noexcept override;
  void abort(const base::Error& error) noexcept override { aborted = error; }
  void consumed(std::size_t bytes) noexcept override { returned_ += bytes; }
  void cancel(const base::Error&) noexcept override {}

  http::ResponseLimits limits_;
  NoEvents no_events_;
  std::unique_ptr<http::H1Outbound> connection_;
  http::OutboundStream* stream_ = nullptr;
  http::MessageSink<http::RequestHead>* request_ = nullptr;
  std::size_t returned_ = 0;
};

}  // namespace poise::test
