#include "proxy/server/discovery.h"

#include <algorithm>
#include <utility>

namespace poise::server {

namespace {

// Names of one zone change together; one change of the pools will do.
constexpr base::Duration kGather = std::chrono::milliseconds(50);
// What DNS could say by then is there; whoever waits for more than that waits for nothing.
constexpr base::Duration kPatience = std::chrono::seconds(1);

}  // namespace

Discovery::Discovery(net::Loop& loop, std::uint64_t seed, std::function<void()> changed)
    : loop_(loop),
      random_(seed),
      changed_(std::move(changed)),
      changes_(base::Timer::calling<Discovery, &Discovery::report_changes>(this)),
      patience_(base::Timer::calling<Discovery, &Discovery::settle>(this)) {}

// A name that one pool asks for at an interval is asked for by that, whatever the others do.
Discovery::Intervals Discovery::questions_in(const conf::Config& config) {
  Intervals intervals;
  for (const pool::PoolConfig& pool : config.pools) {
    for (const auto& [question, interval] : pool::questions_of(pool)) {
      base::Duration& known = intervals[question];
      known = std::max(known, interval);
    }
  }
  return intervals;
}

void Discovery::follow(const conf::Config& config) {
  const Intervals intervals = questions_in(config);
  if (intervals.empty()) return;
  if (!resolver_) resolver_.emplace(loop_, config.dns);
  resolver_->configure(config.dns);
  for (const auto& [question, interval] : intervals) {
    const net::WatchPolicy policy{config.dns.ttl_min, config.dns.ttl_max, interval};
    auto& watch = watches_[question];
    if (watch != nullptr) {
      watch->set_policy(policy);
      continue;
    }
    watch = std::make_unique<net::NameWatch>(*resolver_, question, policy, random_(),
                                             [this] { on_told(); });
  }
  loop_.post([] {});  // the loop may be about to sleep for the first time
}

void Discovery::follow_only(const conf::Config& config) {
  follow(config);
  const Intervals intervals = questions_in(config);
  std::erase_if(watches_, [&](const auto& each) { return intervals.count(each.first) == 0; });
}

void Discovery::on_told() {
  if (!changes_.is_armed()) loop_.arm_in(changes_, kGather);
  if (then_ != nullptr && is_settled()) loop_.arm_in(patience_, base::Duration(0));
}

void Discovery::report_changes() { changed_(); }

bool Discovery::is_settled() const {
  return std::all_of(watches_.begin(), watches_.end(),
                     [](const auto& each) { return each.second->state().is_settled(); });
}

void Discovery::when_settled(std::function<void()> then) {
  then_ = std::move(then);
  if (is_settled()) return settle();
  loop_.arm_in(patience_, kPatience);
}

void Discovery::settle() {
  patience_.cancel();
  const auto then = std::exchange(then_, nullptr);
  if (then != nullptr) then();
}

pool::Answers Discovery::answers() const {
  return [this](const net::Question& question) {
    const auto found = watches_.find(question);
    return found == watches_.end() ? std::vector<net::Endpoint>()
                                   : found->second->state().endpoints();
  };
}

}  // namespace poise::server
