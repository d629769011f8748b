// A door for TCP mode: each connection is a session, relayed to a backend.
#pragma once

#include "proxy/base/link.h"
#include "proxy/l4/tcp_session.h"
#include "proxy/server/door.h"

namespace poise::server {

class TcpDoor final : public Door, private l4::TcpSessionOwner {
 public:
  using Door::Door;

  void close_idle(base::Duration) override {}  // a session has no moment between requests
  std::size_t close_all_to(const pool::BackendRecord& backend) override;

 private:
  void take_up(const ListenerSnapshot& listener, const DoorParts& parts) override;
  void close_connections() override;
  void admit(net::Fd fd, net::ClientOrigin origin) override;
  void admit(net::TransportPtr transport, std::unique_ptr<tls::Facts> facts,
             net::ClientOrigin origin) override;
  void note_refused(const net::Address& client, const tls::HandshakeFailure& failure) override;
  void count_refusal(base::Cause cause) override;
  void on_session_closed(l4::TcpSession& session) noexcept override;

  base::Ref<l4::TcpService> service_;  // for what is new
  base::OwningList<l4::TcpSession> sessions_;
};

}  // namespace poise::server
