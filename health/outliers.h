// Passive health of one pool: judges from counted traffic which backends to eject, for how long,
// and when they come back. Three rules: failures in a row, the share of failures in the window, and
// a median wait that is a multiple of the other backends'. Spares whom the pool cannot do without:
// the last fit one, and those beyond `max_ejected`. Pure: time and counts come in, decisions go
// out. Owned by the Monitor, which acts on them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "health/ejection.h"
#include "health/health_config.h"
#include "health/traffic_window.h"

namespace poise::health {

enum class EjectReason : std::uint8_t { consecutive_failures, failure_percent, latency };
inline constexpr int kEjectReasons = static_cast<int>(EjectReason::latency) + 1;
std::string_view to_text(EjectReason reason);

// What is known of one backend at the moment of judgement.
struct Standing {
  bool takes_traffic = true;  // has a weight, and probes do not say that it is down
  std::uint32_t failures_in_a_row = 0;
  std::uint32_t passed = 0;               // since the process began; may wrap
  const TrafficCounts* window = nullptr;  // null: not counted
  base::Duration span{0};                 // the window's
};

struct Decision {
  enum class Kind : std::uint8_t { ejected, spared, probation, trusted };
  std::size_t backend = 0;
  Kind kind = Kind::ejected;
  EjectReason reason = EjectReason::consecutive_failures;  // why it is, was or would be ejected
  std::string evidence;
  base::Duration length{0};  // of the ejection
};

class Outliers {
 public:
  Outliers(const PassiveConfig& config, std::size_t backends)
      : config_(config), members_(backends) {}

  // Judges all; `standings` by backend. Who is spared is said once, and again only after it was no
  // case for as long as an ejection lasts.
  std::vector<Decision> judge(std::span<const Standing> standings, base::MonotonicTime now);

  // A probe that began at `started` passed. It ends a backend's first ejection early; one that was
  // ejected again has shown that its probe does not see what is wrong, and one that is slow beside
  // others passes its probe all the same.
  std::optional<Decision> on_good_probe(std::size_t backend, base::MonotonicTime started,
                                        base::MonotonicTime now);

  Ejection::State state(std::size_t backend) const { return members_[backend].ejection.state(); }
  bool is_ejected(std::size_t backend) const { return members_[backend].ejection.is_ejected(); }
  // Failures in a row that make a case: one is enough on probation. 0: they make none.
  std::uint32_t failure_limit(std::size_t backend) const;
  // Whether to judge again soon without being asked: somebody is ejected, on probation or spared.
  bool is_waiting(base::MonotonicTime now) const;
  // After a reload: what `old` knew of one backend.
  void take_over(std::size_t backend, const Outliers& old, std::size_t old_backend) {
    members_[backend] = old.members_[old_backend];
  }

  // What another process knew of it, and this one does.
  void recall(std::size_t backend, const Ejection::Memory& ejection, EjectReason reason) {
    members_[backend].ejection = Ejection(ejection);
    members_[backend].reason = reason;
  }
  Ejection::Memory memory(std::size_t backend) const { return members_[backend].ejection.memory(); }
  EjectReason reason(std::size_t backend) const { return members_[backend].reason; }

 private:
  struct Member {
    Ejection ejection;
    EjectReason reason = EjectReason::consecutive_failures;
    std::uint32_t passed_before = 0;     // when the probation began
    base::MonotonicTime spared_until{};  // until then nothing is said of sparing it
  };
  struct Case {
    EjectReason reason;
    std::string evidence;
  };

  void end_what_is_over(std::span<const Standing> standings, base::MonotonicTime now,
                        std::vector<Decision>& decisions);
  std::optional<Case> case_against(std::size_t backend, const Standing& standing) const;
  void judge_failures(std::span<const Standing> standings, base::MonotonicTime now,
                      std::vector<Decision>& decisions);
  void judge_latency(std::span<const Standing> standings, base::MonotonicTime now,
                     std::vector<Decision>& decisions);
  void act_on(std::size_t backend, Case found, std::span<const Standing> standings,
              base::MonotonicTime now, std::vector<Decision>& decisions);
  Decision release(std::size_t backend, std::string evidence, base::MonotonicTime now);
  // Why the backend must stay in spite of all; empty: it may go.
  std::string reason_to_spare(std::size_t backend, std::span<const Standing> standings) const;
  bool is_fit(std::size_t backend, const Standing& standing) const {
    return standing.takes_traffic && !is_ejected(backend);
  }

  PassiveConfig config_;
  std::vector<Member> members_;
};

}  // namespace poise::health
