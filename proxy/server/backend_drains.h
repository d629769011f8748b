// The backends that an operator lets drain: nothing new is led there but what belongs to its sticky
// sessions. At its deadline, where it has one, what is left there ends and its sessions go
// elsewhere. A drain stands until it is called off, over reloads, or until the configuration has
// the backend no more. Owned by the Server, on the control loop; workers see the status in the
// records.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/net/loop.h"
#include "proxy/pool/pool_plan.h"

namespace poise::server {

// What still goes to a backend. Streams are requests, tunnels and TCP sessions under way, known
// exactly; sessions are clients seen lately, an estimate (pool/session_sightings.h).
struct TrafficLeft {
  std::uint64_t streams = 0;
  std::uint64_t sessions = 0;

  bool operator==(const TrafficLeft&) const = default;
};
TrafficLeft traffic_left_at(const pool::BackendRecord& backend, base::MonotonicTime now);

struct DrainedBackend {
  std::string pool;
  std::string backend;
  std::shared_ptr<pool::PoolRecord> pool_record;
  std::shared_ptr<pool::BackendRecord> record;
};

struct DrainState {
  base::WallTime since{};
  std::optional<base::WallTime> deadline{};
  bool is_over = false;  // the deadline has passed
  TrafficLeft left{};
};

// Of `ended` nothing is left there; at the `deadline` what was left was ended.
enum class DrainTurn : std::uint8_t { began, ended, deadline, cancelled };
std::string_view to_text(DrainTurn turn);

struct DrainNews {
  std::string_view pool{};
  std::string_view backend{};
  DrainTurn turn = DrainTurn::began;
  TrafficLeft left{};  // at the deadline: what it ended
};

class BackendDrains {
 public:
  class Events {
   public:
    virtual void on_drain(const DrainNews& news) noexcept = 0;
    // What goes there shall end; `done` is to be called on the control loop with the number of it.
    virtual void end_all_to(const std::shared_ptr<pool::BackendRecord>& backend,
                            std::function<void(std::size_t)> done) = 0;

   protected:
    ~Events() = default;
  };

  // Both outlive it.
  BackendDrains(net::Loop& loop, Events& events);

  // Of one that drains already: with another deadline. nullopt: without one.
  void begin(DrainedBackend backend, std::optional<base::Duration> limit, base::WallTime now);
  // False when it did not drain.
  bool end(const pool::BackendRecord& backend);
  // Those that are gone from the configuration drain no more.
  void keep_only(const std::vector<std::shared_ptr<const pool::PoolPlan>>& pools);

  std::optional<DrainState> state_of(const pool::BackendRecord& backend) const;
  bool empty() const { return drains_.empty(); }

 private:
  struct Drain {
    DrainedBackend of;
    base::WallTime since{};
    std::optional<base::WallTime> deadline{};
    base::MonotonicTime due = base::MonotonicTime::max();
    bool is_empty = false;  // and this was said
    bool is_over = false;
  };
  using Drains = std::vector<std::shared_ptr<Drain>>;

  Drains::const_iterator find(const pool::BackendRecord& backend) const;
  void look();
  void look_at(Drain& drain);
  void cut(const std::shared_ptr<Drain>& drain);
  void set_status(const Drain& drain, balancing::BackendStatus bits);
  void tell(const Drain& drain, DrainTurn turn, TrafficLeft left);

  net::Loop& loop_;
  Events& events_;
  Drains drains_;
  base::Timer timer_;
};

}  // namespace poise::server
