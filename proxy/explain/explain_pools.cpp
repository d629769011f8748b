#include <algorithm>
#include <chrono>

#include "balancing/selector.h"
#include "proxy/explain/explain_parts.h"
#include "proxy/explain/key_and_home.h"
#include "proxy/explain/settings_in_force.h"
#include "proxy/server/summary.h"

namespace poise::explain {
namespace {

using balancing::BackendIndex;
using balancing::Lane;

// Only what depends on chance depends on it, and of that shares are told.
constexpr std::uint64_t kSeed = 1;

base::MonotonicTime now() {
  return base::MonotonicTime(std::chrono::steady_clock::now().time_since_epoch());
}

std::uint64_t in_flight_of(const pool::BackendRecord& record) {
  std::uint64_t in_flight = 0;
  record.cells.for_each(
      [&](const pool::BackendCells& cells) { in_flight += cells.in_flight.read(); });
  return in_flight;
}

LiveFacts facts_of(const pool::BackendRecord& record) {
  return {std::string(server::state_text(record.status.load(std::memory_order_relaxed))),
          in_flight_of(record), record.shared.connections.load(std::memory_order_relaxed)};
}

// What all workers have under way, as the counter of an imagined one: nobody else sees it.
class ImaginedLoads {
 public:
  explicit ImaginedLoads(const pool::PoolPlan& plan) : loads_(plan.backend_records.size()) {
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      const std::uint64_t count = in_flight_of(*plan.backend_records[i]);
      loads_[i].in_flight = static_cast<std::uint32_t>(std::min(count, kMost));
    }
  }

  std::vector<balancing::SharedLoad*> shared() {
    std::vector<balancing::SharedLoad*> all;
    for (balancing::SharedLoad& load : loads_) all.push_back(&load);
    return all;
  }
  // Where a strategy looks at its own worker's only, as if that one had everything.
  void start_own(balancing::Selector& selector) const {
    if (selector.plan().wants_shared_load()) return;
    for (BackendIndex i = 0; i < loads_.size(); ++i) {
      for (std::uint32_t n = loads_[i].in_flight; n > 0; --n) selector.started(i);
    }
  }

 private:
  static constexpr std::uint64_t kMost = 100'000;
  std::vector<balancing::SharedLoad> loads_;
};

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

// With a selector of its own, which has the health and the load of this moment.
class PoolGatherer {
 public:
  // `all_known`: whether the plan has all backends that the pool will have.
  PoolGatherer(const pool::PoolPlan& plan, const Asker& asker, bool all_known, bool is_live)
      : plan_(plan),
        all_known_(all_known),
        is_live_(is_live),
        loads_(plan),
        selector_(plan.strategy, plan.backends, kSeed, plan.selection, loads_.shared()),
        key_(key_of(plan, asker)),
        home_(home_of(plan, asker)),
        request_{.key = key_.hash, .bound = home_.backend, .now = now()} {
    take_health();
    loads_.start_own(selector_);
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
    if (is_live_) candidate.live = facts_of(*plan_.backend_records[i]);
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
  bool is_live_;
  ImaginedLoads loads_;
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
  PoolGatherer(plan, asker, choice.unresolved.empty(), scene.is_live).gather(choice);
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
