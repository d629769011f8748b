#include "proxy/tracing/otlp_exporter.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "proxy/tracing/otlp_json.h"

namespace poise::tracing {
namespace {

constexpr http::ResponseLimits kLimits{};

// OTLP over HTTP names these as worth another try.
bool is_passing(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

OtlpExporter::OtlpExporter(net::Loop& loop)
    : loop_(loop),
      intake_(loop, [this](SpanIntake::Batch batch) { take(std::move(batch)); }),
      timer_(base::Timer::calling<OtlpExporter, &OtlpExporter::on_timer>(this)),
      farewell_(base::Timer::calling<OtlpExporter, &OtlpExporter::say_done>(this)) {}

void OtlpExporter::follow(const TracingConfig& config, const net::DnsConfig& dns) {
  const bool is_same = config.otlp == config_.otlp;
  config_ = config;
  dns_ = dns;
  if (resolver_) resolver_->configure(dns_);
  intake_.set_wanted(config_.otlp.is_set());
  if (is_same) return;
  let_go();
  sending_ = 0;
  state_ = State::idle;
  if (!config_.otlp.is_set()) return drop_all();
  send_next();
}

void OtlpExporter::take(SpanIntake::Batch batch) {
  for (TracedRequest& request : batch) waiting_.push_back(std::move(request));
  if (!config_.otlp.is_set()) return drop_all();
  if (intake_.dropped() != told_dropped_) tell_of_trouble("more than can be sent");
  if (state_ == State::idle) send_next();
}

void OtlpExporter::finish(std::function<void()> done) {
  done_ = std::move(done);
  if (state_ == State::idle && waiting_.empty()) return say_done();
  loop_.arm_in(farewell_, kFarewell);
}

void OtlpExporter::say_done() {
  farewell_.cancel();
  if (const auto done = std::exchange(done_, nullptr)) done();
}

// ---- one batch
// -----------------------------------------------------------------------------------

void OtlpExporter::send_next() {
  state_ = State::idle;
  if (waiting_.empty()) return say_done();
  make_body();
  tries_ = 0;
  find_collector();
}

void OtlpExporter::make_body() {
  body_ = otlp_begin(config_.service);
  sending_ = 0;
  while (sending_ < waiting_.size() && body_.size() < kBatchBytes) {
    if (sending_ > 0) body_ += ',';
    append_spans(body_, waiting_[sending_++]);
  }
  body_ += kOtlpEnd;
}

void OtlpExporter::find_collector() {
  ++tries_;
  status_ = 0;
  loop_.arm(timer_, loop_.read_now() + kTimeout);
  if (connection_ != nullptr && is_free_) return post();
  if (connection_ != nullptr) connection_->retire();
  if (!config_.otlp.name.is_asked()) return connect_to(config_.otlp.address);
  state_ = State::resolving;
  if (!resolver_) resolver_.emplace(loop_, dns_);
  lookup_ = resolver_->resolve(config_.otlp.name, [this](const net::Resolution& answer) {
    loop_.defer(std::move(lookup_));
    if (answer.endpoints.empty()) return on_failed("its name does not resolve", true);
    connect_to(answer.endpoints.front().address);
  });
}

void OtlpExporter::connect_to(const net::Address& address) {
  state_ = State::connecting;
  connector_.emplace(loop_, static_cast<net::Connector::Events&>(*this));
  connector_->start(address, kTimeout);
}

void OtlpExporter::on_connected(net::TransportPtr transport) noexcept {
  is_free_ = true;
  connection_ = std::make_unique<http::H1Outbound>(loop_, static_cast<http::OutboundOwner&>(*this),
                                                   kLimits, std::move(transport));
  post();
}

void OtlpExporter::on_connect_failed(int error) noexcept { on_failed(std::strerror(error), true); }

void OtlpExporter::post() {
  state_ = State::sending;
  is_free_ = false;
  http::RequestHead head;
  head.method = http::Method::post;
  head.method_text = "POST";
  const std::string_view target = config_.otlp.path;
  const std::size_t question = target.find('?');
  head.path = target.substr(0, question);
  head.has_query = question != target.npos;
  if (head.has_query) head.query = target.substr(question + 1);
  head.authority = config_.otlp.authority;
  head.framing = http::Framing::length;
  head.content_length = body_.size();
  head.fields.add(head.arena, "Content-Type", "application/json");
  head.fields.add(head.arena, "User-Agent", "poise-otlp");
  for (const auto& [name, value] : config_.otlp.headers) head.fields.add(head.arena, name, value);
  stream_ = &connection_->stream();
  http::MessageSink<http::RequestHead>& request = stream_->start(*this, *this);
  request.head(head);
  if (stream_ != nullptr) request.body(body_);
  if (stream_ != nullptr) request.end({});
}

// ---- what becomes of it
// --------------------------------------------------------------------------

void OtlpExporter::head(http::ResponseHead& head) noexcept {
  if (!head.is_interim()) status_ = head.status;
}

void OtlpExporter::body(base::Bytes bytes) noexcept {
  if (stream_ != nullptr) stream_->consumed(bytes.size());
}

void OtlpExporter::end(const http::Fields&) noexcept {
  stream_ = nullptr;
  if (status_ >= 200 && status_ < 300) return on_sent();
  on_failed("it answered " + std::to_string(status_), is_passing(status_));
}

void OtlpExporter::abort(const base::Error& error) noexcept {
  stream_ = nullptr;
  on_failed(error.detail, true);
}

void OtlpExporter::on_outbound_closed(http::H1Outbound&, bool) noexcept {
  stream_ = nullptr;
  loop_.defer(std::move(connection_));
}

void OtlpExporter::on_timer() {
  if (state_ == State::pausing) return find_collector();
  let_go();
  on_failed("no answer in time", true);
}

void OtlpExporter::on_sent() {
  timer_.cancel();
  exported_ += sending_;
  if (std::exchange(failed_before_, false)) {
    base::log(base::Level::info, "spans are sent to {} again", config_.otlp.url);
  }
  end_batch();
}

void OtlpExporter::on_failed(const std::string& why, bool may_try_again) {
  timer_.cancel();
  failed_before_ = true;
  const bool again = may_try_again && tries_ < kMostTries;
  if (!again) intake_.count_dropped(sending_);
  tell_of_trouble(why);
  if (!again) return end_batch();
  state_ = State::pausing;
  loop_.arm(timer_, loop_.read_now() + kFirstPause * (1 << (tries_ - 1)));
}

// The batch is over, sent or not. The next one is begun by the loop: this may be a callback of the
// connection it would use.
void OtlpExporter::end_batch() {
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(sending_));
  intake_.give_back(sending_);
  sending_ = 0;
  body_.clear();
  state_ = State::between;
  loop_.post([this] {
    if (state_ == State::between) send_next();
  });
}

void OtlpExporter::let_go() {
  timer_.cancel();
  lookup_.reset();
  connector_.reset();
  if (stream_ != nullptr) {
    std::exchange(stream_, nullptr)->cancel({.cause = base::Cause::deadline});
  } else if (connection_ != nullptr) {
    connection_->retire();
  }
}

void OtlpExporter::drop_all() {
  intake_.count_dropped(waiting_.size());
  intake_.give_back(waiting_.size());
  waiting_.clear();
}

void OtlpExporter::tell_of_trouble(const std::string& why) {
  told_dropped_ = intake_.dropped();
  base::log_limited(limiter_, loop_.now(), base::Level::warn,
                    "spans for {}: {}; {} traced requests lost so far", config_.otlp.url, why,
                    told_dropped_);
}

}  // namespace poise::tracing
