#include <algorithm>
#include <chrono>

#include "balancing/selector.h"
#include "proxy/explain/explain_parts.h"
#include "proxy/explain/key_and_home.h"
#include "proxy/explain/settings_in_force.h"

namespace poise::explain {
namespace {

using balancing::BackendIndex;
using balancing::Lane;

// Only what depends on chance depends on it, and of that shares are told.
constexpr std::uint64_t kSeed = 1;

base::MonotonicTime now() {
  return base::MonotonicTime(std::chrono::steady_clock::now().time_since_epoch());
}

std::vector<balancing::SharedLoad*> loads_of(const pool::PoolPlan& plan) {
  std::vector<balancing::SharedLoad*> loads;
  for (const auto& record : plan.backend_records) loads.push_back(&record->load);
  return loads;
}

std::string words_of(balancing::BackendStatus bits) {
  std::string words;
  const auto add = [&](balancing::BackendStatus bit, const char* word) {
    if ((bits & bit) != 0) words += (words.empty() ? "" : ", ") + std::string(word);
  };
  add(balancing::kDown, "down");
  add(balancing::kEjected, "ejected");
  add(balancing::kDraining, "drains");
  add(balancing::kUnknown, "not probed yet");
  return words;
}

// With a selector of its own: it has the health of this moment, not what a worker has under way.
class PoolGatherer {
 public:
  // `all_known`: whether the plan has all backends that the pool will have.
  PoolGatherer(const pool::PoolPlan& plan, const Asker& asker, bool all_known)
      : plan_(plan),
        all_known_(all_known),
        selector_(plan.strategy, plan.backends, kSeed, plan.selection, loads_of(plan)),
        key_(key_of(plan, asker)),
        home_(home_of(plan, asker)),
        request_{.key = key_.hash, .bound = home_.backend, .now = now()} {
    take_health();
  }

  void gather(PoolChoice& choice) {
    choice.strategy = plan_.config.balance.strategy;
    choice.key = key_.said;
    choice.session = home_.said;
    choice.panics = selector_.is_panicking();
    for (BackendIndex i = 0; i < plan_.backends.size(); ++i) {
      choice.candidates.push_back(candidate(i));
    }
    const auto picked = selector_.pick(request_);
    const bool key_decides = key_.decides() && all_known_;
    const bool session_decides = home_.backend && picked == home_.backend;
    if (!picked || (!key_decides && !session_decides)) return;
    choice.lands_on = plan_.backends.name(*picked);
  }

 private:
  void take_health() {
    for (BackendIndex i = 0; i < plan_.backend_records.size(); ++i) {
      const pool::BackendRecord& record = *plan_.backend_records[i];
      selector_.set_status(i, record.status.load(std::memory_order_relaxed),
                           record.status_since.load(std::memory_order_relaxed));
    }
  }

  Candidate candidate(BackendIndex i) {
    const pool::BackendConfig& backend = plan_.config.backends[i];
    const Lane& lane = selector_.lanes().all()[selector_.lanes().lane_of(i)];
    Candidate candidate{.name = backend.name,
                        .address = backend.address.text(),
                        .weight = backend.weight,
                        .tier = backend.tier,
                        .zone = backend.zone};
    candidate.max_connections =
        backend.max_connections != 0 ? backend.max_connections : plan_.config.connections.max;
    candidate.why_not = unfit_because(i, lane);
    if (!candidate.why_not.empty()) {
      candidate.share = 0;
      return candidate;
    }
    candidate.score = selector_.score(i, request_);
    if (all_known_) share_out(lane, backend.weight, candidate);
    return candidate;
  }

  std::string unfit_because(BackendIndex i, const Lane& lane) const {
    if (plan_.backends.weight(i) == 0) return "weight 0";
    return lane.allowed.test(i) ? std::string() : words_of(selector_.status(i));
  }

  void share_out(const Lane& lane, std::uint32_t weight, Candidate& candidate) {
    candidate.share = lane.share * weight / lane.allowed_weight;
    if (lane.share > 0) return;
    candidate.why_not =
        tier_gets_some(lane.tier) ? "the own zone takes everything" : "other tiers take everything";
  }

  bool tier_gets_some(std::uint32_t tier) {
    const auto& lanes = selector_.lanes().all();
    return std::any_of(lanes.begin(), lanes.end(),
                       [&](const Lane& lane) { return lane.tier == tier && lane.share > 0; });
  }

  const pool::PoolPlan& plan_;
  bool all_known_;
  balancing::Selector selector_;
  Key key_;
  Home home_;
  balancing::PickRequest request_;
};

PoolChoice explain_pool(const pool::PoolPlan& plan, const Scene& scene,
                        const exchange::RouteConfig& route, const Asker& asker) {
  const auto protocol = asker.request == nullptr ? conf::Protocol::tcp : conf::Protocol::http;
  PoolChoice choice;
  choice.name = plan.config.name;
  const auto unresolved = scene.unresolved.find(choice.name);
  if (unresolved != scene.unresolved.end()) choice.unresolved = unresolved->second;
  PoolGatherer(plan, asker, choice.unresolved.empty()).gather(choice);
  choice.balancing = balancing_of(plan.config);
  choice.connections = connections_of(plan.config, protocol);
  choice.retry = retry_of(exchange::retry_of(route, plan.config), protocol);
  choice.health = health_line(plan.config.health);
  if (protocol == conf::Protocol::tcp) return choice;
  choice.queue = queue_of(plan.config);
  choice.timeouts = timeouts_of(plan.config, exchange::try_timeout_of(route, plan.config));
  return choice;
}

}  // namespace

std::vector<PoolChoice> explain_pools(const Scene& scene, const exchange::RoutePlan& route,
                                      const Asker& asker) {
  std::vector<PoolChoice> pools;
  for (const exchange::PoolShare& share : route.pools) {
    const pool::PoolPlan& plan = *scene.snapshot->pools[share.pool];
    pools.push_back(explain_pool(plan, scene, route.config, asker));
    pools.back().share = static_cast<double>(share.weight) / route.total_weight;
  }
  return pools;
}

}  // namespace poise::explain
