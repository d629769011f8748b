// Everything health knows of one backend: what its probes say, what its traffic says, and what
// follows for its fitness, which it tells the Subject. Moves from one configuration to the next
// with its knowledge. Owned by its PoolWatch, on the control loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "health/events.h"
#include "health/known_backend.h"
#include "health/prober.h"
#include "health/subject.h"
#include "health/threshold.h"
#include "health/traffic_window.h"

namespace poise::health {

struct WatchedBackend {
  std::string name;
  net::Address address;
  bool has_weight = true;
  std::shared_ptr<Subject> subject;
  std::string server_name{};  // whom to expect there, by TLS
};

class BackendWatch final : private ProbedBackend::Events {
 public:
  // Hears of good probes, which may end an ejection.
  class Pool {
   public:
    virtual const std::string& name() const = 0;
    virtual void on_good_probe(std::size_t backend, base::MonotonicTime started) = 0;

   protected:
    ~Pool() = default;
  };

  // `prober` and `events` outlive it.
  BackendWatch(Prober& prober, health::Events& events, WatchedBackend backend);

  const std::string& name() const { return backend_.name; }
  bool is_same(const WatchedBackend& other) const {
    return backend_.name == other.name && backend_.address == other.address;
  }

  // It belongs to `pool` now, under this number and configuration; what is known stays. To be
  // followed by restore().
  void join(Pool& pool, std::size_t number, const WatchedBackend& backend,
            const HealthConfig& config);

  // As of now, reading the counters.
  Standing standing(base::MonotonicTime now);
  // `limit` is Outliers::failure_limit() after the decision.
  void obey(const Decision& decision, std::uint32_t limit);
  // Between join() and restore(): what another process's probes found.
  void recall(const KnownBackend& known);
  // What probes say, for another process; the rest is the pool's to add.
  KnownBackend known() const;
  // What the pool's judge knows of it.
  void restore(Ejection::State state, std::uint32_t limit);

 private:
  void on_probe_result(const ProbeResult& result) noexcept override;
  bool is_down() const noexcept override { return fitness_.down; }

  void configure_probes(const ActiveConfig& config);
  void turn(bool up, std::string_view from, std::string evidence);
  void report(Transition transition);
  void publish();
  void start_afresh(std::uint32_t limit);

  Prober& prober_;
  health::Events& events_;
  WatchedBackend backend_;
  Pool* pool_ = nullptr;
  std::size_t number_ = 0;
  Fitness fitness_;
  std::string probe_kind_;
  std::optional<Threshold> threshold_;
  base::MonotonicTime turned_at_{};
  std::optional<TrafficWindow> window_;
  base::Duration window_length_{0};
  std::unique_ptr<ProbedBackend> probed_;
};

}  // namespace poise::health
