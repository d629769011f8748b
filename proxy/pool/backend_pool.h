// One worker's connections to one backend: the idle ones, last used first, those being opened, and
// the line of those who wait because the backend has as many as it may have. Gives out streams;
// does not choose backends and does not retry. Kept across configurations by the worker's GroupSet
// for as long as the backend's record is the same, on the worker's thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/base/counted.h"
#include "proxy/base/error.h"
#include "proxy/base/link.h"
#include "proxy/http/h1_outbound.h"
#include "proxy/pool/idle_limit.h"
#include "proxy/pool/pool_plan.h"
#include "tls/secure_connector.h"

namespace poise::pool {

// Waits for a stream; leaving the line is unlinking. Told once.
class StreamWaiter : public base::Link<StreamWaiter> {
 public:
  virtual void on_stream(http::OutboundStream& stream) noexcept = 0;
  virtual void on_no_stream(const base::Error& error) noexcept = 0;
  // It has a slot now and waits for the connection to open.
  virtual void on_connecting() noexcept = 0;

  base::MonotonicTime queued_until{};
  // What the connection has to begin, or to have begun, with: a PROXY header names one client, and
  // nobody else's request may come by that connection. Empty: nothing.
  std::string greeting{};

 protected:
  ~StreamWaiter() = default;
};

class BackendPool final : private http::OutboundOwner {
 public:
  // For the plan's backend of that index. `loop` outlives the pool.
  BackendPool(net::Loop& loop, std::shared_ptr<const PoolPlan> plan,
              balancing::BackendIndex backend);
  ~BackendPool();

  // Goes on by another plan. Requires: the backend's record is the same there.
  void follow(std::shared_ptr<const PoolPlan> plan, balancing::BackendIndex backend);
  // No configuration has the backend any more: keeps nothing idle; what is busy ends when it ends.
  void retire();
  bool is_retired() const { return retired_; }
  // Ends everything at once: what is under way, what waits, what is idle. Requires: nobody is led
  // here any more. How many streams that were.
  std::size_t close_all();

  // `warm` takes an idle connection if there is one; `checked` asks the kernel first whether the
  // backend just closed it, for requests that cannot be sent twice; `fresh` opens a new one.
  enum class Want : std::uint8_t { warm, checked, fresh };

  // A warm stream, or an error, at once; with neither, `waiter` hears later, never from within this
  // call, unless it unlinks itself.
  struct Lease {
    http::OutboundStream* stream = nullptr;
    base::Error error{};
    bool in_line = false;  // waits for a slot, not for a connection that is being opened
  };
  Lease lease(StreamWaiter& waiter, Want want);

  // For connections to the backend that others open; lives as long as this.
  tls::SessionSlot& tls_session() { return tls_session_; }

  std::size_t idle_count() const { return idle_.size(); }
  bool has_connections() const { return !connections_.empty() || !openings_.empty(); }

  base::OwnerCount owners;

 private:
  class Opening;

  http::OutboundStream* take_idle(Want want, const std::string& greeting);
  http::H1Outbound* take_last_idle(const std::string& greeting);
  bool is_fit(const http::H1Outbound& connection) const;
  base::Duration rest_limit(const http::H1Outbound& connection) const;
  std::uint32_t most_connections() const;
  bool claim_slot();
  bool make_room();
  bool others_starve() const;
  void tell_others(const void* starving);
  void release_slot();
  void open_for(StreamWaiter& waiter);
  Lease wait_in_line(StreamWaiter& waiter);
  void serve_line();
  void close_stale();
  void begin_anew();
  void plan_sweep();

  void give_up(Opening& opening);
  void on_opened(Opening& opening, net::TransportPtr transport) noexcept;
  void on_open_failed(Opening& opening, const tls::ConnectFailure& failure) noexcept;
  void on_outbound_idle(http::H1Outbound& connection) noexcept override;
  void on_outbound_closed(http::H1Outbound& connection, bool was_idle) noexcept override;

  const BackendConfig& backend() const { return plan_->config.backends[index_]; }
  const PoolConfig& config() const { return plan_->config; }

  net::Loop& loop_;
  std::shared_ptr<const PoolPlan> plan_;
  balancing::BackendIndex index_;
  SharedBackend& shared_;  // of the record, which each plan has
  http::ResponseLimits limits_;
  IdleLimit learned_;
  tls::SessionSlot tls_session_;         // outlives the connections
  std::vector<http::H1Outbound*> idle_;  // oldest first; a subset of connections_
  base::OwningList<http::H1Outbound> connections_;
  base::OwningList<Opening> openings_;
  base::List<StreamWaiter> line_;
  base::Timer sweep_;
  base::Timer line_check_;
  base::MonotonicTime anew_since_{};  // who was connected before is not to be used again
  bool retired_ = false;
};

}  // namespace poise::pool
