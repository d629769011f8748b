#include "health/probes/http_probe.h"

#include <algorithm>
#include <cstring>

#include "proxy/http/h1_outbound.h"
#include "tls/secure_connector.h"

namespace poise::health {
namespace {

constexpr http::ResponseLimits kLimits{};

std::string to_text(const std::vector<StatusRange>& ranges) {
  std::string text;
  for (const StatusRange& range : ranges) {
    if (!text.empty()) text += ", ";
    text += std::to_string(range.least);
    if (range.most != range.least) text += "-" + std::to_string(range.most);
  }
  return text;
}

std::string authority_of(const HttpProbeConfig& config, const net::Address& address) {
  if (!config.host.empty()) return config.host;
  return address.is_unix() ? "localhost" : address.text();
}

class HttpProbe final : public Probe,
                        private tls::SecureConnector::Events,
                        private http::OutboundOwner,
                        private http::MessageSink<http::ResponseHead>,
                        private http::MessageSource {
 public:
  HttpProbe(net::Loop& loop, const ProbeTarget& target, const HttpProbeConfig& config,
            ProbeEvents& events)
      : loop_(loop),
        target_(target),
        config_(config),
        events_(events),
        connector_(loop, static_cast<tls::SecureConnector::Events&>(*this)) {}
  ~HttpProbe() override { let_go(); }

  void start() override {
    connector_.start({.address = target_.address,
                      .greeting = target_.greeting,
                      .endpoint = target_.tls ? target_.tls->for_http.get() : nullptr,
                      .server_name = target_.server_name},
                     base::Duration::zero());
  }
  std::string_view waits_for() const override {
    if (connection_ == nullptr) {
      return connector_.is_in_tls() ? "the TLS handshake" : "the connection";
    }
    return status_ == 0 ? "the head" : "the rest of the body";
  }

 private:
  // SecureConnector::Events
  void on_connected(net::TransportPtr transport) noexcept override {
    connection_ = std::make_unique<http::H1Outbound>(
        loop_, static_cast<http::OutboundOwner&>(*this), kLimits, std::move(transport));
    ask();
  }
  void on_connect_failed(const tls::ConnectFailure& failure) noexcept override {
    answer(finding_of(failure), text_of(failure));
  }

  // MessageSink<ResponseHead>
  void head(http::ResponseHead& head) noexcept override {
    if (done_ || head.is_interim()) return;
    status_ = head.status;
    if (!is_wanted(head.status)) {
      answer(Finding::status,
             "got " + std::to_string(head.status) + ", wanted " + to_text(config_.expect_status));
    }
  }
  void body(base::Bytes bytes) noexcept override {
    if (done_) return;
    const std::size_t kept = std::min(bytes.size(), kProbeBodyBytes - received_);
    if (wants_body()) body_.append(bytes.substr(0, kept));
    received_ += kept;
    stream_->consumed(bytes.size());
    if (received_ == kProbeBodyBytes) judge();
  }
  void end(const http::Fields&) noexcept override {
    stream_ = nullptr;
    if (!done_) judge();
  }
  void abort(const base::Error& error) noexcept override {
    stream_ = nullptr;
    if (done_) return;
    std::string saw = error.detail;
    if (error.system != 0) saw += std::string(" (") + std::strerror(error.system) + ")";
    answer(Finding::protocol, std::move(saw));
  }

  // MessageSource: the request has no body.
  void consumed(std::size_t) noexcept override {}
  void cancel(const base::Error&) noexcept override {}

  // OutboundOwner
  void on_outbound_idle(http::H1Outbound&) noexcept override {}
  void on_outbound_closed(http::H1Outbound&, bool) noexcept override {
    stream_ = nullptr;
    loop_.defer(std::move(connection_));
  }

  void ask();
  void judge();
  bool is_wanted(int status) const;
  bool wants_body() const { return !config_.expect_text.empty() || config_.expect_regex; }
  bool has_wanted_body() const;
  void answer(Finding finding, std::string saw);
  void let_go();

  net::Loop& loop_;
  const ProbeTarget& target_;
  const HttpProbeConfig& config_;
  ProbeEvents& events_;
  tls::SecureConnector connector_;
  std::unique_ptr<http::H1Outbound> connection_;
  http::OutboundStream* stream_ = nullptr;  // while its answer is not over
  std::string body_;
  std::size_t received_ = 0;
  int status_ = 0;
  bool done_ = false;
};

void HttpProbe::ask() {
  http::RequestHead head;
  const std::string_view target = config_.path;
  const std::size_t question = target.find('?');
  head.method = http::method_of(config_.method);
  head.method_text = config_.method;
  head.path = target.substr(0, question);
  head.has_query = question != std::string_view::npos;
  if (head.has_query) head.query = target.substr(question + 1);
  head.authority = head.arena.copy(authority_of(config_, target_.address));
  head.fields.add(head.arena, "User-Agent", "poise-health");
  head.fields.add(head.arena, "Connection", "close");
  for (const auto& [name, value] : config_.headers) {
    if (http::equal_ignoring_case(name, "User-Agent")) {
      head.fields.remove_if([](const auto& field) { return field.name == "User-Agent"; });
    }
    head.fields.add(head.arena, name, value);
  }
  stream_ = &connection_->stream();
  auto& request = stream_->start(*this, *this);
  request.head(head);
  request.end({});
}

bool HttpProbe::is_wanted(int status) const {
  return std::any_of(
      config_.expect_status.begin(), config_.expect_status.end(),
      [&](const StatusRange& range) { return status >= range.least && status <= range.most; });
}

bool HttpProbe::has_wanted_body() const {
  if (config_.expect_regex) return config_.expect_regex->is_found_in(body_);
  return body_.find(config_.expect_text) != std::string::npos;
}

void HttpProbe::judge() {
  std::string saw = "got " + std::to_string(status_);
  if (!wants_body() || has_wanted_body()) return answer(Finding::passed, std::move(saw));
  answer(Finding::body,
         saw + " without the wanted text in its first " + std::to_string(received_) + " bytes");
}

void HttpProbe::answer(Finding finding, std::string saw) {
  done_ = true;
  events_.on_answer(finding, std::move(saw));
}

void HttpProbe::let_go() {
  done_ = true;
  if (stream_ != nullptr) {
    stream_->cancel({.cause = base::Cause::deadline, .detail = "the probe is over"});
  } else if (connection_ != nullptr) {
    connection_->retire();
  }
}

class HttpProbePlan final : public ProbePlan {
 public:
  explicit HttpProbePlan(HttpProbeConfig config) : config_(std::move(config)) {}

  std::string_view kind() const override { return "http"; }
  std::string settings() const override;
  conf::Settings shown() const override;
  std::unique_ptr<Probe> probe(net::Loop& loop, const ProbeTarget& target,
                               ProbeEvents& events) const override {
    return std::make_unique<HttpProbe>(loop, target, config_, events);
  }

 private:
  HttpProbeConfig config_;
};

std::string HttpProbePlan::settings() const {
  std::string text = config_.method + ' ' + config_.path + "\nhost: " + config_.host;
  for (const auto& [name, value] : config_.headers) text += '\n' + name + ": " + value;
  text += "\nstatus " + to_text(config_.expect_status) + "\nbody " + config_.expect_text;
  if (config_.expect_regex) text += "\nregex " + config_.expect_regex->pattern();
  return text;
}

conf::Settings HttpProbePlan::shown() const {
  conf::Settings settings{{"method", config_.method}, {"path", config_.path}};
  if (!config_.host.empty()) settings.push_back({"host", config_.host});
  conf::Settings headers;
  for (const auto& [name, value] : config_.headers) {
    headers.push_back({name, conf::is_secret_field(name) ? std::string(conf::kHidden) : value});
  }
  if (!headers.empty()) settings.push_back({"headers", "", std::move(headers)});
  conf::Settings statuses;
  for (const StatusRange& range : config_.expect_status) {
    statuses.push_back({"", std::to_string(range.least) + '-' + std::to_string(range.most)});
  }
  settings.push_back({"expect_status", "", std::move(statuses)});
  if (config_.expect_regex) {
    settings.push_back({"expect_body", "", {{"regex", config_.expect_regex->pattern()}}});
  } else if (!config_.expect_text.empty()) {
    settings.push_back({"expect_body", config_.expect_text});
  }
  return settings;
}

}  // namespace

std::shared_ptr<const ProbePlan> make_http_probe(HttpProbeConfig config) {
  return std::make_shared<HttpProbePlan>(std::move(config));
}

}  // namespace poise::health
