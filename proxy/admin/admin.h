// The admin of a running poise: follows the configuration as to where it listens and whom it
// trusts, and answers by the list of endpoints. A socket whose address stays, stays. Owned by main,
// lives as long as the Server; on the control loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/admin/admin_door.h"
#include "proxy/admin/endpoint.h"
#include "proxy/base/timers.h"
#include "proxy/server/control_port.h"

namespace poise::admin {

class Admin final : public server::ControlPort {
 public:
  Admin(net::Loop& loop, std::vector<Endpoint> endpoints);
  ~Admin();

  // Where it listens; nothing: it is off.
  std::optional<net::Address> bound() const;

 private:
  struct Open {
    net::Address asked;  // as configured: port 0 is any
    net::Address bound;
    std::unique_ptr<AdminDoor> door;
    net::Fd copy{};        // of its socket, for a process that replaces this one
    bool is_left = false;  // to that process
  };
  struct Prepared;

  // ControlPort
  base::Result<Commit, std::string> prepare(const conf::Config& config) override;
  void adopt(server::InheritedSockets socket) override { inherited_ = std::move(socket); }
  std::optional<server::HandOver::Sockets> socket() const override;
  void leave_socket() override;
  void close(std::function<void()> done) override;

  bool stays_at(const net::Address& address) const { return open_ && open_->asked == address; }
  std::uint16_t port_now() const;
  void take_up(Prepared& prepared);
  void open_new(Prepared& prepared);
  void leave_old();
  void on_patience_over();

  net::Loop& loop_;
  const std::vector<Endpoint> endpoints_;
  std::optional<Open> open_;
  std::optional<server::InheritedSockets> inherited_;  // until taken up or not wanted
  std::vector<std::unique_ptr<AdminDoor>> leaving_;    // of former addresses
  base::Timer patience_;
};

}  // namespace poise::admin
