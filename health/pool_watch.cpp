#include "health/pool_watch.h"

#include <algorithm>

namespace poise::health {

PoolWatch::PoolWatch(Prober& prober, Events& events, const WatchedPool& pool, PoolWatch* before,
                     const KnownBackends& remembered)
    : prober_(prober),
      events_(events),
      name_(pool.name),
      wants_window_(pool.config.passive.wants_window()),
      outliers_(pool.config.passive, pool.backends.size()),
      standings_(pool.backends.size()) {
  for (std::size_t i = 0; i < pool.backends.size(); ++i) adopt(i, pool, before, remembered);
}

void PoolWatch::adopt(std::size_t number, const WatchedPool& pool, PoolWatch* before,
                      const KnownBackends& remembered) {
  const WatchedBackend& backend = pool.backends[number];
  std::unique_ptr<BackendWatch> watch;
  if (before != nullptr) {
    const auto found =
        std::find_if(before->backends_.begin(), before->backends_.end(),
                     [&](const auto& old) { return old != nullptr && old->is_same(backend); });
    if (found != before->backends_.end()) {
      watch = std::move(*found);
      if (pool.config.passive.enabled)
        outliers_.take_over(number, before->outliers_,
                            static_cast<std::size_t>(found - before->backends_.begin()));
    }
  }
  const KnownBackend* known = nullptr;
  if (watch == nullptr) {
    watch = std::make_unique<BackendWatch>(prober_, events_, backend);
    known = remembered.find(name_, backend.name, backend.address);
  }
  watch->join(*this, number, backend, pool.config);
  if (known != nullptr) {
    watch->recall(*known);
    if (pool.config.passive.enabled) outliers_.recall(number, known->ejection, known->reason);
  }
  watch->restore(outliers_.state(number), outliers_.failure_limit(number));
  backends_.push_back(std::move(watch));
}

void PoolWatch::tell_known(KnownBackends& known) const {
  for (std::size_t i = 0; i < backends_.size(); ++i) {
    KnownBackend one = backends_[i]->known();
    one.pool = name_;
    one.ejection = outliers_.memory(i);
    one.reason = outliers_.reason(i);
    known.add(std::move(one));
  }
}

void PoolWatch::judge(base::MonotonicTime now) {
  for (std::size_t i = 0; i < backends_.size(); ++i) standings_[i] = backends_[i]->standing(now);
  for (const Decision& decision : outliers_.judge(standings_, now)) obey(decision);
}

void PoolWatch::on_good_probe(std::size_t backend, base::MonotonicTime started) {
  if (const auto decision = outliers_.on_good_probe(backend, started, prober_.loop().now())) {
    obey(*decision);
  }
}

void PoolWatch::obey(const Decision& decision) {
  backends_[decision.backend]->obey(decision, outliers_.failure_limit(decision.backend));
}

}  // namespace poise::health
