// What an operator orders for single backends while the server runs: to drain, and to weigh more or
// less. Nothing of it is in the configuration, and both stand over reloads.
#include <algorithm>

#include "conf/reader/suggestion.h"
#include "proxy/base/log.h"
#include "proxy/exchange/record_parts.h"
#include "proxy/server/event_texts.h"
#include "proxy/server/server.h"

namespace poise::server {
namespace {

using base::Level;
using base::log;
using conf::quoted;

bool has_backend(const Snapshot& snapshot, const std::string& pool, const std::string& backend) {
  return std::any_of(snapshot.pools.begin(), snapshot.pools.end(), [&](const auto& plan) {
    return plan->config.name == pool && plan->backends.find(backend).has_value();
  });
}

bool takes_requests(const pool::PoolPlan& plan) {
  for (std::size_t i = 0; i < plan.backend_records.size(); ++i) {
    const auto status = plan.backend_records[i]->status.load(std::memory_order_relaxed);
    if (plan.config.backends[i].weight > 0 && balancing::is_fit(status)) return true;
  }
  return false;
}

std::string text_of(const TrafficLeft& left) {
  return std::to_string(left.streams) + " streams and " + std::to_string(left.sessions) +
         " sessions";
}

}  // namespace

base::Result<BackendPlace, std::string> Server::find_backend(const std::string& pool,
                                                             const std::string& backend) const {
  for (const auto& plan : snapshot_->pools) {
    if (plan->config.name != pool) continue;
    const auto index = plan->backends.find(backend);
    if (index) return BackendPlace{plan, *index};
    return base::Failure{"pool " + quoted(pool) + " has no backend " + quoted(backend)};
  }
  return base::Failure{"there is no pool " + quoted(pool)};
}

std::string Server::drain(const std::string& pool, const std::string& backend,
                          std::optional<base::Duration> limit) {
  const auto found = find_backend(pool, backend);
  if (!found) return found.error();
  drains_.begin({pool, backend, found->plan->record, found->record()}, limit,
                exchange::wall_clock());
  if (!takes_requests(*found->plan)) {
    log(Level::warn, "pool {} has no other backend that takes requests", pool);
  }
  return {};
}

std::string Server::undrain(const std::string& pool, const std::string& backend) {
  const auto found = find_backend(pool, backend);
  if (!found) return found.error();
  (void)drains_.end(*found->record());
  return {};
}

std::optional<DrainState> Server::drain_of(const pool::BackendRecord& backend) const {
  return drains_.state_of(backend);
}

void Server::on_drain(const DrainNews& news) noexcept {
  const std::string left = text_of(news.left);
  switch (news.turn) {
    case DrainTurn::began:
      log(Level::info, "backend {}/{} drains: {} are left there", news.pool, news.backend, left);
      break;
    case DrainTurn::ended:
      log(Level::info, "backend {}/{} is drained: nothing is left there", news.pool, news.backend);
      break;
    case DrainTurn::deadline:
      log(Level::warn,
          "backend {}/{}: its time to drain is over: {} were left there, the streams "
          "are ended, the sessions go elsewhere",
          news.pool, news.backend, left);
      break;
    case DrainTurn::cancelled:
      log(Level::info, "backend {}/{} drains no more", news.pool, news.backend);
      break;
  }
  events_.publish("drain", drain_event({.pool = news.pool,
                                        .backend = news.backend,
                                        .what = to_text(news.turn),
                                        .streams = news.left.streams,
                                        .sessions = news.left.sessions},
                                       exchange::wall_clock()));
}

void Server::end_all_to(const std::shared_ptr<pool::BackendRecord>& backend,
                        std::function<void(std::size_t)> done) {
  struct Sum {
    std::size_t streams = 0;
    std::size_t workers = 0;
  };
  const auto sum = std::make_shared<Sum>();
  sum->workers = workers_.size() + leaving_.size();
  const auto add = [this, sum, done = std::move(done)](std::size_t streams) {
    loop_.post([sum, streams, done] {
      sum->streams += streams;
      if (--sum->workers == 0) done(sum->streams);
    });
  };
  for (const auto& worker : workers_) worker->close_all_to(backend, add);
  for (const auto& worker : leaving_) worker->close_all_to(backend, add);
}

std::string Server::set_weight(const std::string& pool, const std::string& backend,
                               std::optional<std::uint32_t> weight) {
  const auto found = find_backend(pool, backend);
  if (!found) return found.error();
  if (weight.value_or(0) > balancing::kMostWeight) {
    return "a weight is at most " + std::to_string(balancing::kMostWeight);
  }
  weights_.set(pool, backend, weight);
  take_up_pools();
  const auto after = find_backend(pool, backend);  // DNS may just have taken it away
  if (!after) return after.error();
  const std::uint32_t now = after->config().weight;
  log(Level::info, "backend {}/{} has weight {} now, {}", pool, backend, now,
      weight ? "by order" : "as configured");
  return {};
}

// What was ordered for backends that are gone is forgotten.
void Server::keep_orders() {
  drains_.keep_only(snapshot_->pools);
  if (weights_.empty()) return;
  weights_.keep_only([this](const std::string& pool, const std::string& backend) {
    return has_backend(*snapshot_, pool, backend);
  });
}

}  // namespace poise::server
