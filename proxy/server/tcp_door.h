// A door for TCP mode: each connection is a session, relayed to a backend.
#pragma once

#include "proxy/base/link.h"
#include "proxy/l4/tcp_session.h"
#include "proxy/server/door.h"

namespace poise::server {

class TcpDoor final : public Door, private l4::TcpSessionOwner {
 public:
  TcpDoor(net::Loop& loop, Limits limits, Events& events, std::unique_ptr<l4::TcpService> service);
  ~TcpDoor() override;

  void close_idle(base::Duration) override {}  // a session has no moment between requests
  void close_all() override;

 private:
  void admit(net::Fd fd, const net::Address& peer) override;
  void on_session_closed(l4::TcpSession& session) noexcept override;

  std::unique_ptr<l4::TcpService> service_;
  base::OwningList<l4::TcpSession> sessions_;
};

}  // namespace poise::server
