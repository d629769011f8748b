// Health of one pool's backends: joins the watches of its backends with the passive judge. Made
// anew with each configuration, taking over what the one before knew. Owned by the Monitor, on the
// control loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "health/backend_watch.h"
#include "health/outliers.h"

namespace poise::health {

struct WatchedPool {
  std::string name;
  HealthConfig config;
  std::vector<WatchedBackend> backends;
};

class PoolWatch final : private BackendWatch::Pool {
 public:
  // Takes from `before`, which may be null, the watches of backends that stay.
  // `remembered` is of another process, for those that `before` does not have.
  PoolWatch(Prober& prober, Events& events, const WatchedPool& pool, PoolWatch* before,
            const KnownBackends& remembered);

  const std::string& name() const override { return name_; }

  // Reads the counters and acts on what they say.
  void judge(base::MonotonicTime now);
  // All that is known of its backends is added.
  void tell_known(KnownBackends& known) const;
  bool wants_judgement(base::MonotonicTime now) const {
    return wants_window_ || outliers_.is_waiting(now);
  }

 private:
  void on_good_probe(std::size_t backend, base::MonotonicTime started) override;
  void adopt(std::size_t number, const WatchedPool& pool, PoolWatch* before,
             const KnownBackends& remembered);
  void obey(const Decision& decision);

  Prober& prober_;
  Events& events_;
  std::string name_;
  bool wants_window_;
  Outliers outliers_;
  std::vector<std::unique_ptr<BackendWatch>> backends_;
  std::vector<Standing> standings_;  // of the judgement under way; kept for its memory
};

}  // namespace poise::health
