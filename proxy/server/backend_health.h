// Health in the running process: joins the Monitor to the pools' records, hears the workers' alarm,
// and tells each transition to the process's log and to the event hub. Owned by the Server, on the
// control thread; outlives the workers.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "health/monitor.h"
#include "proxy/server/event_hub.h"
#include "proxy/server/snapshot.h"

namespace poise::server {

// What a backend's health did last.
struct PastTransition {
  base::WallTime at{};
  std::string from{};
  std::string to{};
  std::string reason{};
  std::string evidence{};
};

class BackendHealth final : private health::Events, private pool::FailureAlarm {
 public:
  // `loop` and `hub` outlive it.
  BackendHealth(net::Loop& loop, EventHub& hub, std::uint64_t seed);

  // The pools of this snapshot from now on; whoever was watched before stays as it stands.
  void watch(const Snapshot& snapshot);
  // nullptr: there was none since the backend is watched.
  const PastTransition* last_transition(const std::string& pool, const std::string& backend) const;

  // What another process knew, for the first snapshot; and for another one, what this one knows.
  void remember(health::KnownBackends known) { monitor_.remember(std::move(known)); }
  health::KnownBackends known() const { return monitor_.known(); }

 private:
  using BackendName = std::pair<std::string, std::string>;  // and its pool's before it

  health::WatchedPool watched(const pool::PoolPlan& plan);
  void forget_others(const std::vector<health::WatchedPool>& pools);
  void on_transition(const health::Transition& transition) noexcept override;
  void on_spared(std::string_view pool, std::string_view backend,
                 std::string_view evidence) noexcept override;
  void on_failing(const std::string& pool) noexcept override;  // any thread

  net::Loop& loop_;
  EventHub& hub_;
  health::Monitor monitor_;
  std::map<BackendName, PastTransition> last_;
};

}  // namespace poise::server
