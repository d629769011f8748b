#include "health/monitor.h"

#include <utility>

namespace poise::health {

Monitor::Monitor(net::Loop& loop, Events& events, std::uint64_t seed, std::size_t most_probes)
    : loop_(loop),
      events_(events),
      prober_(loop, seed, most_probes),
      timer_(base::Timer::calling<Monitor, &Monitor::on_timer>(this)) {}

void Monitor::apply(const std::vector<WatchedPool>& pools) {
  prober_.pace().begin_batch();
  auto before = std::exchange(pools_, {});
  for (const WatchedPool& pool : pools) {
    const auto old = before.find(pool.name);
    PoolWatch* known = old == before.end() ? nullptr : old->second.get();
    pools_[pool.name] = std::make_unique<PoolWatch>(prober_, events_, pool, known, remembered_);
  }
  remembered_ = {};
  if (!timer_.is_armed()) loop_.arm_in(timer_, kJudgeEvery);
}

KnownBackends Monitor::known() const {
  KnownBackends known;
  for (const auto& [name, pool] : pools_) pool->tell_known(known);
  return known;
}

void Monitor::look_at(std::string_view pool) {
  const auto found = pools_.find(pool);
  if (found != pools_.end()) found->second->judge(loop_.now());
}

void Monitor::on_timer() {
  const base::MonotonicTime now = loop_.now();
  for (const auto& [name, pool] : pools_) {
    if (pool->wants_judgement(now)) pool->judge(now);
  }
  loop_.arm_in(timer_, kJudgeEvery);
}

}  // namespace poise::health
