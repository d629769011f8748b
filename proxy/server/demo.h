// The embedded demonstration: three small backends inside the process, on the control loop, so that
// a newcomer sees a load balancer at work with nothing else installed. A backend that is told to
// fail refuses connections for a while, as a crashed one does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/base/link.h"
#include "proxy/base/result.h"
#include "proxy/http/h1_inbound.h"
#include "proxy/net/listener.h"
#include "proxy/net/loop.h"

namespace poise::server {

class DemoBackend final : private net::Listener::Events, private http::InboundOwner {
 public:
  DemoBackend(net::Loop& loop, std::string name);
  ~DemoBackend();

  // 0, or an errno.
  int open();
  const net::Address& address() const { return address_; }
  const std::string& name() const { return name_; }
  net::Loop& loop() { return loop_; }
  void fail_for_a_while();

 private:
  void on_accepted(net::Fd fd, const net::Address& peer) noexcept override;
  void on_accept_failed(int) noexcept override {}
  std::unique_ptr<http::StreamHandler> make_handler(http::InboundStream& stream) noexcept override;
  void on_inbound_closed(http::H1Inbound& connection) noexcept override;
  bool is_draining() const noexcept override { return failed_; }
  const http::InboundSettings& inbound_settings() const noexcept override { return settings_; }
  void go_down();
  void come_back();

  net::Loop& loop_;
  std::string name_;
  net::Address address_;
  http::InboundSettings settings_;
  std::unique_ptr<net::Listener> listener_;
  base::OwningList<http::H1Inbound> connections_;
  base::Timer timer_;
  bool failed_ = false;
};

struct Demo {
  std::vector<std::unique_ptr<DemoBackend>> backends;

  // Opens the three backends; the error is for the user.
  static base::Result<Demo, std::string> open(net::Loop& loop);
  std::string addresses() const;  // separated by commas
};

}  // namespace poise::server
