#include "health/probes/tcp_probe.h"

#include "proxy/net/connector.h"

namespace poise::health {
namespace {

class TcpProbe final : public Probe, private net::Connector::Events {
 public:
  TcpProbe(net::Loop& loop, const ProbeTarget& target, ProbeEvents& events)
      : target_(target), events_(events), connector_(loop, *this) {}

  void start() override {
    connector_.start(target_.address, base::Duration::zero(), target_.greeting);
  }
  std::string_view waits_for() const override { return "the connection"; }

 private:
  void on_connected(net::TransportPtr) noexcept override {
    events_.on_answer(Finding::passed, "connected");
  }
  void on_connect_failed(int error) noexcept override {
    events_.on_answer(connect_finding(error), connect_text(error));
  }

  const ProbeTarget& target_;
  ProbeEvents& events_;
  net::Connector connector_;
};

class TcpProbePlan final : public ProbePlan {
 public:
  std::string_view kind() const override { return "tcp"; }
  std::string settings() const override { return {}; }
  std::unique_ptr<Probe> probe(net::Loop& loop, const ProbeTarget& target,
                               ProbeEvents& events) const override {
    return std::make_unique<TcpProbe>(loop, target, events);
  }
};

}  // namespace

std::shared_ptr<const ProbePlan> parse_tcp_probe(conf::YamlMap&) {
  return std::make_shared<TcpProbePlan>();
}

}  // namespace poise::health
