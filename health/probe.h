// What a kind of probe is, in two halves. A ProbePlan is read from the configuration and constant;
// its probe() makes a Probe, one question to one backend. A kind asks and judges the answer only:
// when to ask, how long it may take and what follows belong to ProbeRun, Prober and Threshold.
// Everything happens on the control loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "conf/reader/setting.h"
#include "proxy/base/clock.h"
#include "proxy/base/deferred.h"
#include "proxy/net/address.h"
#include "proxy/net/loop.h"
#include "tls/client_config.h"
#include "tls/secure_connector.h"

namespace poise::health {

enum class Finding : std::uint8_t {
  passed,
  connect,       // refused, or not to be reached
  timeout,       // no whole answer in time
  protocol,      // closed, reset, or not what the protocol allows
  status,        // answered, but not as wanted
  body,          // the same
  latency,       // answered as wanted, but too late
  inconclusive,  // we could not even ask: says nothing about the backend
};
inline constexpr int kFindings = static_cast<int>(Finding::inconclusive) + 1;
std::string_view to_text(Finding finding);

struct ProbeResult {
  Finding finding = Finding::passed;
  std::string saw;  // "got 500, wanted 200-299"
  base::Duration took{0};
  base::MonotonicTime started{};
};

class ProbeEvents {
 public:
  // The probe is silent from here on; it is to be destroyed late, as this is its own call.
  virtual void on_answer(Finding finding, std::string saw) noexcept = 0;

 protected:
  ~ProbeEvents() = default;
};

// Destroying it ends it, whatever it was doing; no call comes after that.
class Probe : public base::Deferred {
 public:
  // Asks; the answer comes once, and never from within this call.
  virtual void start() = 0;
  // What it waits for, to stand after "no answer: ", should nothing come.
  virtual std::string_view waits_for() const = 0;
};

// Where to ask, and what every connection there begins with, as those of traffic do (a PROXY
// header); empty: nothing.
struct ProbeTarget {
  ProbeTarget(const net::Address& where) : address(where) {}  // NOLINT: mostly that is all

  net::Address address;
  std::string greeting{};
  std::optional<tls::ClientConfig> tls{};  // as those of traffic; none: plain
  std::string server_name{};               // whom to expect there, by TLS
};

class ProbePlan {
 public:
  ProbePlan() = default;
  ProbePlan(const ProbePlan&) = delete;
  ProbePlan& operator=(const ProbePlan&) = delete;
  virtual ~ProbePlan() = default;

  virtual std::string_view kind() const = 0;
  // Everything this kind was told, so that two plans of a kind with equal settings ask alike.
  virtual std::string settings() const = 0;
  // The same as the configuration writes it, secrets hidden.
  virtual conf::Settings shown() const { return {}; }
  // All, and this plan, outlive the probe.
  virtual std::unique_ptr<Probe> probe(net::Loop& loop, const ProbeTarget& target,
                                       ProbeEvents& events) const = 0;
};

// A failed connect as a finding: our own want of descriptors or ports is not the backend's fault.
Finding connect_finding(int system_error);
std::string connect_text(int system_error);
Finding finding_of(const tls::ConnectFailure& failure);
std::string text_of(const tls::ConnectFailure& failure);

}  // namespace poise::health
