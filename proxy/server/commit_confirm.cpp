#include "proxy/server/commit_confirm.h"

#include <algorithm>
#include <set>
#include <utility>

#include "conf/reader/suggestion.h"

namespace poise::server {
namespace {

using conf::Change;
using Names = std::set<std::string>;

constexpr base::Duration kLook = std::chrono::milliseconds(250);

// What the changes name.
struct Touched {
  bool all = false;
  Names listeners;
  Names pools;
};

Touched touched_by(const std::vector<Change>& changes) {
  Touched touched;
  for (const Change& change : changes) {
    if (change.what == "listener") touched.listeners.insert(change.item);
    if (change.what == "route") touched.listeners.insert(change.owner);
    if (change.what == "pool") touched.pools.insert(change.item);
    if (change.what == "backend") touched.pools.insert(change.owner);
    if (change.what == "setting") touched.all = true;
  }
  return touched;
}

bool leads_to(const exchange::RouteConfig& route, const Names& pools) {
  if (pools.count(route.pool) != 0) return true;
  return std::any_of(route.split.begin(), route.split.end(),
                     [&](const auto& share) { return pools.count(share.pool) != 0; });
}

bool is_touched(const conf::ListenerConfig& listener, const Touched& touched) {
  if (touched.all || touched.listeners.count(listener.name) != 0) return true;
  return std::any_of(listener.routes.begin(), listener.routes.end(),
                     [&](const auto& route) { return leads_to(route, touched.pools); });
}

void add_touched(const Snapshot& snapshot, const Touched& touched,
                 std::set<std::shared_ptr<exchange::RouteRecord>>& records) {
  for (std::size_t i = 0; i < snapshot.listeners.size(); ++i) {
    if (!is_touched(snapshot.config.listeners[i], touched)) continue;
    const ListenerSnapshot& listener = snapshot.listeners[i];
    const auto& all = listener.http != nullptr ? listener.http->records : listener.tcp->records;
    records.insert(all.begin(), all.end());
  }
}

std::string name_of(const exchange::RouteRecord& record) {
  const std::string listener = " of listener " + conf::quoted(record.listener);
  if (record.route.empty()) return "what no route" + listener + " takes";
  return "route " + conf::quoted(record.route) + listener;
}

}  // namespace

exchange::RouteRecords touched_routes(const std::vector<Change>& changes, const Snapshot& before,
                                      const Snapshot& after) {
  const Touched touched = touched_by(changes);
  std::set<std::shared_ptr<exchange::RouteRecord>> records;
  add_touched(before, touched, records);
  add_touched(after, touched, records);
  return {records.begin(), records.end()};
}

CommitConfirm::CommitConfirm(net::Loop& loop, std::function<void(const std::string&)> go_back)
    : loop_(loop),
      go_back_(std::move(go_back)),
      timer_(base::Timer::calling<CommitConfirm, &CommitConfirm::look>(this)) {}

void CommitConfirm::begin(std::shared_ptr<const Snapshot> before, exchange::RouteRecords touched,
                          base::Duration limit) {
  if (before_ == nullptr) before_ = std::move(before);
  touched_.clear();
  for (auto& record : touched) {
    RouteTraffic so_far;
    RouteTraffic mark;
    so_far.add(*record);
    mark.add(*record, RouteTraffic::Carried::without);
    touched_.push_back({std::move(record), so_far, mark});
  }
  deadline_ = loop_.read_now() + limit;
  loop_.arm_in(timer_, kLook);
}

void CommitConfirm::look_again() { loop_.arm_in(timer_, kLook); }

bool CommitConfirm::confirm() {
  timer_.cancel();
  touched_.clear();
  return std::exchange(before_, nullptr) != nullptr;
}

// Each route by itself, so that much traffic of others hides nothing, and all of them together, so
// that what no route takes any more shows.
std::string CommitConfirm::what_is_worse() const {
  RouteTraffic all_before;
  RouteTraffic all_now;
  for (const Watched& route : touched_) {
    RouteTraffic now;
    now.add(*route.record, RouteTraffic::Carried::without);
    now = now.since(route.mark);
    all_before += route.before;
    all_now += now;
    const std::string why = worse_than(route.before, now);
    if (!why.empty()) return name_of(*route.record) + ": " + why;
  }
  return worse_than(all_before, all_now);
}

void CommitConfirm::look() {
  std::string why = what_is_worse();
  if (why.empty() && loop_.now() >= deadline_) why = "it was not confirmed in time";
  if (why.empty()) return loop_.arm(timer_, std::min(loop_.now() + kLook, deadline_));
  go_back_(why);
}

}  // namespace poise::server
