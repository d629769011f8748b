// One probe from its start to its result: keeps the time, applies `timeout` and `max_latency`, and
// ends the probe. Reports once, never from within start(); destroying it ends the probe without a
// word. Owned by the Prober, on the control loop.
#pragma once

#include "health/health_config.h"
#include "proxy/base/timers.h"

namespace poise::health {

class ProbeRun final : public base::Deferred, private ProbeEvents {
 public:
  class Events {
   public:
    virtual void on_probe_done(ProbeResult result) noexcept = 0;

   protected:
    ~Events() = default;
  };

  struct Limits {
    base::Duration timeout;
    base::Duration max_latency{0};  // 0: none
  };

  // Keeps the plan, which a reload may replace meanwhile. Requires: `plan` is not null.
  ProbeRun(net::Loop& loop, std::shared_ptr<const ProbePlan> plan, ProbeTarget target,
           Limits limits, Events& events);

  void start();

 private:
  void on_answer(Finding finding, std::string saw) noexcept override;
  void on_timeout();
  void finish(Finding finding, std::string saw);
  bool slept_through() const;

  net::Loop& loop_;
  std::shared_ptr<const ProbePlan> plan_;
  const ProbeTarget target_;
  Limits limits_;
  Events& events_;
  base::Timer timer_;
  base::MonotonicTime started_{};
  bool waited_on_ = false;
  std::unique_ptr<Probe> probe_;
};

}  // namespace poise::health
