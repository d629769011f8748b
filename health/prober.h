// Asks backends again and again, for the whole process once: gives out the turns, so that only so
// many probes are under way at a time, and keeps the pace. A ProbedBackend is one backend's place
// in it. Owned by the Monitor, on the control loop.
#pragma once

#include "health/probe_pace.h"
#include "health/probe_run.h"
#include "proxy/base/link.h"

namespace poise::health {

class ProbedBackend;

class Prober {
 public:
  // Each probe under way has a descriptor of its own: at most so many at a time. Requires: not 0.
  static constexpr std::size_t kMostUnderWay = 512;

  Prober(net::Loop& loop, std::uint64_t seed, std::size_t most = kMostUnderWay)
      : loop_(loop), pace_(seed), most_(most) {}

  net::Loop& loop() { return loop_; }
  ProbePace& pace() { return pace_; }
  std::size_t under_way() const { return under_way_; }

 private:
  friend class ProbedBackend;
  void ask_for_turn(ProbedBackend& backend);
  void give_back_turn();

  net::Loop& loop_;
  ProbePace pace_;
  std::size_t most_;
  base::List<ProbedBackend> line_;
  std::size_t under_way_ = 0;
};

class ProbedBackend final : public base::Link<ProbedBackend>, private ProbeRun::Events {
 public:
  class Events {
   public:
    virtual void on_probe_result(const ProbeResult& result) noexcept = 0;
    virtual bool is_down() const noexcept = 0;

   protected:
    ~Events() = default;
  };

  // The prober and `events` outlive it. Requires: `config.probe` is not null.
  ProbedBackend(Prober& prober, const ActiveConfig& config, const ProbeTarget& target,
                Events& events);
  ~ProbedBackend();

  void start();
  // From the next probe on, which comes sooner where the interval became shorter.
  void reconfigure(const ActiveConfig& config);
  // Whom to expect there by TLS, from the next probe on.
  void expect(const std::string& server_name) { target_.server_name = server_name; }

 private:
  friend class Prober;
  void on_timer() { prober_.ask_for_turn(*this); }
  void take_turn();
  void on_probe_done(ProbeResult result) noexcept override;

  Prober& prober_;
  ActiveConfig config_;
  net::Address backend_;
  ProbeTarget target_;
  ProbedBackend::Events& events_;
  base::Timer timer_;
  std::unique_ptr<ProbeRun> run_;
  bool asked_before_ = false;
};

}  // namespace poise::health
