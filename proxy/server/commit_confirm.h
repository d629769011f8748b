// A configuration in force on trial: unless it is confirmed in time, or at once when the routes it
// touches fare clearly worse than they did (route_traffic.h), the one before it comes back. Holds
// what to go back to; the Server does it. On the control loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conf/changes.h"
#include "proxy/net/loop.h"
#include "proxy/server/route_traffic.h"
#include "proxy/server/snapshot.h"

namespace poise::server {

// Of the routes whose requests may fare otherwise, in either configuration: all of a listener where
// anything of it, or of a pool it leads to, has changed; a setting of the process touches all.
exchange::RouteRecords touched_routes(const std::vector<conf::Change>& changes,
                                      const Snapshot& before, const Snapshot& after);

class CommitConfirm {
 public:
  // `go_back` is called from the loop, once, with the reason; what to go back to is before() then.
  CommitConfirm(net::Loop& loop, std::function<void(const std::string& why)> go_back);

  // What is on trial already goes on to be what it would go back to.
  void begin(std::shared_ptr<const Snapshot> before, exchange::RouteRecords touched,
             base::Duration limit);
  // It stays. False when nothing is on trial.
  bool confirm();
  // For whoever is told to go back and cannot now: is told again soon.
  void look_again();

  bool is_pending() const { return before_ != nullptr; }
  base::MonotonicTime deadline() const { return deadline_; }
  // Requires: it is pending.
  const conf::Config& before() const { return before_->config; }

 private:
  // A route, and how it had fared until the trial began.
  struct Watched {
    std::shared_ptr<exchange::RouteRecord> record;
    RouteTraffic before;
    RouteTraffic mark;  // to count from: the same without what was carried over
  };
  std::string what_is_worse() const;
  void look();

  net::Loop& loop_;
  std::function<void(const std::string&)> go_back_;
  std::shared_ptr<const Snapshot> before_;
  std::vector<Watched> touched_;
  base::MonotonicTime deadline_{};
  base::Timer timer_;
};

}  // namespace poise::server
