#include "health/probes/tls_probe.h"

#include <optional>

#include "conf/reader/yaml_reader.h"
#include "tls/client_config.h"
#include "tls/secure_connector.h"

namespace poise::health {
namespace {

class TlsProbe final : public Probe, private tls::SecureConnector::Events {
 public:
  TlsProbe(net::Loop& loop, const ProbeTarget& target, const tls::ClientConfig& config,
           ProbeEvents& events)
      : target_(target),
        config_(config),
        events_(events),
        connector_(loop, static_cast<tls::SecureConnector::Events&>(*this)) {}

  void start() override {
    connector_.start(
        {.address = target_.address,
         .greeting = target_.greeting,
         .endpoint = config_.for_bytes.get(),
         .server_name = config_.server_name.empty() ? target_.server_name : config_.server_name},
        base::Duration::zero());
  }
  std::string_view waits_for() const override {
    return connector_.is_in_tls() ? "the TLS handshake" : "the connection";
  }

 private:
  void on_connected(net::TransportPtr) noexcept override {
    events_.on_answer(Finding::passed, "agreed on TLS");
  }
  void on_connect_failed(const tls::ConnectFailure& failure) noexcept override {
    events_.on_answer(finding_of(failure), text_of(failure));
  }

  const ProbeTarget& target_;
  const tls::ClientConfig& config_;
  ProbeEvents& events_;
  tls::SecureConnector connector_;
};

class TlsProbePlan final : public ProbePlan {
 public:
  explicit TlsProbePlan(std::optional<tls::ClientConfig> own) : own_(std::move(own)) {}

  std::string_view kind() const override { return "tls"; }
  std::string settings() const override;
  conf::Settings shown() const override;
  std::unique_ptr<Probe> probe(net::Loop& loop, const ProbeTarget& target,
                               ProbeEvents& events) const override {
    return std::make_unique<TlsProbe>(loop, target, config_for(target), events);
  }

 private:
  const tls::ClientConfig& config_for(const ProbeTarget& target) const {
    if (own_) return *own_;
    return target.tls ? *target.tls : tls::default_client();
  }

  std::optional<tls::ClientConfig> own_;
};

std::string TlsProbePlan::settings() const {
  if (!own_) return {};
  return std::string(own_->verify ? "verified" : "unverified") + "\n" + own_->server_name + "\n" +
         own_->own_fingerprint + "\n" + own_->authorities;
}

conf::Settings TlsProbePlan::shown() const {
  if (!own_) return {};
  conf::Settings tls{{"verify", own_->verify ? "true" : "false"}};
  if (!own_->ca.empty()) tls.push_back({"ca", own_->ca});
  if (!own_->server_name.empty()) tls.push_back({"server_name", own_->server_name});
  if (!own_->certificate.cert.empty()) {
    tls.push_back(
        {"certificate", "", {{"cert", own_->certificate.cert}, {"key", own_->certificate.key}}});
  }
  return {{"tls", "", std::move(tls)}};
}

}  // namespace

std::shared_ptr<const ProbePlan> parse_tls_probe(conf::YamlMap& node) {
  std::optional<tls::ClientConfig> own;
  node.read_map("tls", [&](conf::YamlMap& map) { own = tls::parse_client(map); });
  return std::make_shared<TlsProbePlan>(std::move(own));
}

}  // namespace poise::health
