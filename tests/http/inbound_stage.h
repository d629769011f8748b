// One HTTP/1 connection from a client before handlers that do as a test says and write down what
// they saw. The client is the peer of a Wire.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/http/h1_inbound.h"
#include "tests/http/wire.h"

namespace poise::test {

// Answers one request; what it saw outlives it.
class ScriptedHandler final : public http::StreamHandler, private http::MessageSource {
 public:
  struct Seen {
    ScriptedHandler* handler = nullptr;  // nullptr: over
    std::string line;                    // "METHOD path"
    std::string body;
    std::string trailers;
    bool ended = false;
    bool finished = false;
    base::Error aborted;
    std::size_t held = 0;      // body bytes whose credit was not given back
    std::size_t returned = 0;  // response body bytes whose credit came back
  };
  using Script = std::function<void(ScriptedHandler&)>;

  ScriptedHandler(http::InboundStream& stream, Seen& seen) : stream_(stream), seen_(seen) {
    seen_.handler = this;
  }
  ~ScriptedHandler() override { seen_.handler = nullptr; }

  Script on_head, on_end, on_abort, on_credit;
  bool holds_credit = false;

  Seen& seen() { return seen_; }
  http::InboundStream& stream() { return stream_; }
  http::Upgrade upgrade() const { return upgrade_; }
  void give_credit(std::size_t bytes);

  // A whole answer with a length; or its parts.
  void answer(int status, std::string_view body);
  void begin_answer(int status, http::Framing framing, std::size_t length = 0);
  void switch_protocols();
  void say(std::string_view bytes) { response_->body(bytes); }
  void end_answer(const http::Fields& trailers = {}) { response_->end(trailers); }
  void cut() { response_->abort({.cause = base::Cause::response_truncated}); }

 private:
  void head(http::RequestHead& head) noexcept override;
  void body(base::Bytes bytes) noexcept override;
  void end(const http::Fields& trailers) noexcept override;
  void abort(const base::Error& error) noexcept override;
  void finished() noexcept override { seen_.finished = true; }
  void consumed(std::size_t bytes) noexcept override;
  void cancel(const base::Error&) noexcept override {}

  http::InboundStream& stream_;
  Seen& seen_;
  http::MessageSink<http::ResponseHead>* response_ = nullptr;
  http::Upgrade upgrade_ = http::Upgrade::none;
};

class InboundStage final : public http::InboundOwner {
 public:
  using Seen = ScriptedHandler::Seen;

  InboundStage();
  ~InboundStage();

  Wire wire;
  http::InboundSettings settings;
  const http::InboundSettings* now = &settings;
  ScriptedHandler::Script prepare;  // every handler, before its request
  bool draining = false;

  // Takes the client in; to be called when settings and prepare are as they should be.
  void open();
  http::H1Inbound& connection() { return *connection_; }
  bool is_open() const { return connection_ != nullptr; }

  std::size_t count() const { return seen_.size(); }
  Seen& seen(std::size_t index) { return *seen_.at(index); }
  // All requests as text, to compare.
  std::string story() const;

 private:
  std::unique_ptr<http::StreamHandler> make_handler(http::InboundStream& stream) noexcept override;
  void on_inbound_closed(http::H1Inbound& connection) noexcept override;
  bool is_draining() const noexcept override { return draining; }
  const http::InboundSettings& inbound_settings() const noexcept override { return *now; }

  std::vector<std::unique_ptr<Seen>> seen_;
  std::unique_ptr<http::H1Inbound> connection_;
};

// A handler that answers 200 with what it received once it has it all, and errors with their
// status.
void echo(ScriptedHandler& handler);

}  // namespace poise::test
