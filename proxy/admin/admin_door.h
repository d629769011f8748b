// The admin's socket and the connections that came in by it, on the control loop: the same HTTP
// stack as traffic, before the admin's own endpoints. Few are let in at a time; when it is full,
// those who idle between requests make room, and the rest waits in the kernel's queue. Owned by
// Admin; one of a former address lives on until its last connection is gone.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "proxy/admin/admin_exchange.h"
#include "proxy/base/deferred.h"
#include "proxy/base/link.h"
#include "proxy/http/h1_inbound.h"
#include "proxy/net/listener.h"

namespace poise::admin {

class AdminDoor final : public base::Deferred,
                        private net::Listener::Events,
                        private http::InboundOwner {
 public:
  static constexpr std::size_t kMostConnections = 64;

  // `endpoints` and `loop` outlive it.
  AdminDoor(net::Loop& loop, const std::vector<Endpoint>& endpoints, AccessRules rules);
  ~AdminDoor() override;

  void listen(net::Fd fd);
  // One client; listen() does this for each that is accepted.
  void admit(net::Fd fd, const net::Address& peer);
  // For the requests from now on.
  void set_rules(AccessRules rules) { site_.rules = std::move(rules); }

  // Takes nobody new, ends streams, lets the rest have their answers; calls `when_empty` once, from
  // here or later, when all are gone. The door may be deferred in it.
  void close(std::function<void()> when_empty);
  // Whoever is still there is cut off.
  void close_now();

  std::size_t connections() const { return connections_count_; }

 private:
  void on_accepted(net::Fd fd, const net::Address& peer) noexcept override;
  void on_accept_failed(int error) noexcept override;
  std::unique_ptr<http::StreamHandler> make_handler(http::InboundStream& stream) noexcept override;
  void on_inbound_closed(http::H1Inbound& connection) noexcept override;
  bool is_draining() const noexcept override { return closing_; }
  const http::InboundSettings& inbound_settings() const noexcept override { return settings_; }
  bool is_full() const { return connections_count_ >= kMostConnections; }
  void close_idle(base::Duration grace);
  void look_for_room();
  void close_rest();
  void look_whether_empty();

  net::Loop& loop_;
  Site site_;
  http::InboundSettings settings_;
  std::unique_ptr<net::Listener> listener_;
  base::List<AdminExchange> exchanges_;
  base::OwningList<http::H1Inbound> connections_;
  std::size_t connections_count_ = 0;
  base::Timer room_check_;
  base::Timer close_check_;
  std::function<void()> when_empty_;
  bool paused_ = false;
  bool closing_ = false;
};

}  // namespace poise::admin
