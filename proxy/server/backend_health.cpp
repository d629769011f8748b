#include "proxy/server/backend_health.h"

#include <sys/resource.h>

#include <algorithm>

#include "proxy/base/log.h"
#include "proxy/exchange/record_parts.h"
#include "proxy/server/backend_subject.h"
#include "proxy/server/event_texts.h"

namespace poise::server {

using base::Level;
using health::Turn;

namespace {

// Probes must not take the descriptors that clients need.
std::size_t most_probes() {
  constexpr rlim_t kShare = 16;
  rlimit limit{};
  (void)::getrlimit(RLIMIT_NOFILE, &limit);
  return std::clamp<rlim_t>(limit.rlim_max / kShare, 4, health::Prober::kMostUnderWay);
}

}  // namespace

BackendHealth::BackendHealth(net::Loop& loop, EventHub& hub, std::uint64_t seed)
    : loop_(loop),
      hub_(hub),
      monitor_(loop, static_cast<health::Events&>(*this), seed, most_probes()) {}

void BackendHealth::watch(const Snapshot& snapshot) {
  loop_.read_now();
  std::vector<health::WatchedPool> pools;
  for (const auto& plan : snapshot.pools) pools.push_back(watched(*plan));
  monitor_.apply(pools);
  forget_others(pools);
}

void BackendHealth::forget_others(const std::vector<health::WatchedPool>& pools) {
  std::map<BackendName, PastTransition> kept;
  for (const health::WatchedPool& pool : pools) {
    for (const auto& backend : pool.backends) {
      auto node = last_.extract({pool.name, backend.name});
      if (!node.empty()) kept.insert(std::move(node));
    }
  }
  last_ = std::move(kept);
}

const PastTransition* BackendHealth::last_transition(const std::string& pool,
                                                     const std::string& backend) const {
  const auto found = last_.find({pool, backend});
  return found == last_.end() ? nullptr : &found->second;
}

health::WatchedPool BackendHealth::watched(const pool::PoolPlan& plan) {
  health::WatchedPool pool{plan.config.name, plan.config.health, {}};
  plan.record->alarm.store(this, std::memory_order_release);
  for (std::size_t i = 0; i < plan.config.backends.size(); ++i) {
    const pool::BackendConfig& backend = plan.config.backends[i];
    pool.backends.push_back(
        {backend.name, backend.address, backend.weight > 0,
         std::make_shared<BackendSubject>(loop_, plan.record, plan.backend_records[i]),
         pool::server_name_of(plan.config, backend)});
  }
  return pool;
}

void BackendHealth::on_transition(const health::Transition& transition) noexcept {
  const bool is_bad = transition.to == Turn::down || transition.to == Turn::ejected;
  base::log(is_bad ? Level::warn : Level::info, "{}", health::line_of(transition));
  last_[{std::string(transition.pool), std::string(transition.backend)}] = {
      exchange::wall_clock(), std::string(transition.from),
      std::string(health::to_text(transition.to)), std::string(transition.reason),
      transition.evidence};
  hub_.publish("backend", backend_event(transition, exchange::wall_clock()));
}

void BackendHealth::on_spared(std::string_view pool, std::string_view backend,
                              std::string_view evidence) noexcept {
  base::log(Level::warn, "backend {}/{} not ejected: {}", pool, backend, evidence);
}

void BackendHealth::on_failing(const std::string& pool) noexcept {
  loop_.post([this, pool] { monitor_.look_at(pool); });
}

}  // namespace poise::server
