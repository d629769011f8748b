// Sends sampled requests to an OpenTelemetry collector: OTLP over HTTP/1.1 in JSON, one batch at a
// time over a connection that is kept. A collector that fails is asked again, ever more rarely; a
// batch that failed five times is given up, so that what waits stays recent. What is dropped is
// counted and said rarely. Owned by the Server, on the control loop; traffic never waits for it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "proxy/base/log.h"
#include "proxy/http/h1_outbound.h"
#include "proxy/net/connector.h"
#include "proxy/net/dns_config.h"
#include "proxy/net/resolver.h"
#include "proxy/tracing/span_intake.h"

namespace poise::tracing {

class OtlpExporter final : private net::Connector::Events,
                           private http::OutboundOwner,
                           private http::MessageSink<http::ResponseHead>,
                           private http::MessageSource {
 public:
  // As the connection takes it at once; one request's spans are always far smaller.
  static constexpr std::size_t kBatchBytes = 96 * 1024;
  static constexpr int kMostTries = 5;
  static constexpr base::Duration kTimeout = std::chrono::seconds(10);
  static constexpr base::Duration kFirstPause = std::chrono::seconds(1);
  static constexpr base::Duration kFarewell = std::chrono::seconds(1);

  explicit OtlpExporter(net::Loop& loop);
  ~OtlpExporter() { let_go(); }
  OtlpExporter(const OtlpExporter&) = delete;
  OtlpExporter& operator=(const OtlpExporter&) = delete;

  // Another configuration; what waits goes where that says.
  void follow(const TracingConfig& config, const net::DnsConfig& dns);
  // The process ends: `done` is called once, when nothing waits any more, or after kFarewell; from
  // here or from the loop.
  void finish(std::function<void()> done);
  // For the workers.
  SpanIntake& intake() { return intake_; }

  std::uint64_t exported() const { return exported_; }  // requests

 private:
  enum class State { idle, resolving, connecting, sending, pausing, between };

  void take(SpanIntake::Batch batch);
  void send_next();
  void make_body();
  void find_collector();
  void connect_to(const net::Address& address);
  void post();
  void on_timer();
  void on_sent();
  void on_failed(const std::string& why, bool may_try_again);
  void end_batch();
  void say_done();
  void let_go();
  void drop_all();
  void tell_of_trouble(const std::string& why);

  // Connector::Events
  void on_connected(net::TransportPtr transport) noexcept override;
  void on_connect_failed(int error) noexcept override;
  // OutboundOwner
  void on_outbound_idle(http::H1Outbound&) noexcept override { is_free_ = true; }
  void on_outbound_closed(http::H1Outbound& connection, bool was_idle) noexcept override;
  // MessageSink<ResponseHead>
  void head(http::ResponseHead& head) noexcept override;
  void body(base::Bytes bytes) noexcept override;
  void end(const http::Fields& trailers) noexcept override;
  void abort(const base::Error& error) noexcept override;
  // MessageSource: the whole body is given at once.
  void consumed(std::size_t) noexcept override {}
  void cancel(const base::Error&) noexcept override {}

  net::Loop& loop_;
  SpanIntake intake_;
  TracingConfig config_;
  net::DnsConfig dns_;
  std::optional<net::Resolver> resolver_;  // from the first name on
  std::unique_ptr<net::Lookup> lookup_;
  std::optional<net::Connector> connector_;
  std::unique_ptr<http::H1Outbound> connection_;
  http::OutboundStream* stream_ = nullptr;  // while an answer is awaited
  bool is_free_ = false;                    // the connection may take another request
  base::Timer timer_;
  std::function<void()> done_;  // while finishing
  base::Timer farewell_;
  base::LogLimiter limiter_{1, std::chrono::minutes(1)};

  std::deque<TracedRequest> waiting_;
  std::string body_;  // of the batch under way: the first `sending_` of those that wait
  std::size_t sending_ = 0;
  int tries_ = 0;
  int status_ = 0;
  State state_ = State::idle;
  bool failed_before_ = false;
  std::uint64_t told_dropped_ = 0;
  std::uint64_t exported_ = 0;
};

}  // namespace poise::tracing
