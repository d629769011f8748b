// A door for HTTP: its connections speak HTTP/1 and each request is led by an Exchange.
#pragma once

#include "proxy/base/link.h"
#include "proxy/exchange/http_service.h"
#include "proxy/http/h1_inbound.h"
#include "proxy/server/door.h"

namespace poise::server {

class HttpDoor final : public Door, private http::InboundOwner {
 public:
  using Door::Door;

  void close_idle(base::Duration grace) override;

 private:
  void take_up(const ListenerSnapshot& listener, const DoorParts& parts) override;
  void close_connections() override;
  void admit(net::Fd fd, net::ClientOrigin origin) override;
  void admit(net::TransportPtr transport, std::unique_ptr<tls::Facts> facts,
             net::ClientOrigin origin) override;
  void note_refused(const net::Address& client, const tls::HandshakeFailure& failure) override;
  void count_refusal(base::Cause cause) override;
  std::unique_ptr<http::StreamHandler> make_handler(http::InboundStream& stream) noexcept override;
  void on_inbound_closed(http::H1Inbound& connection) noexcept override;
  bool is_draining() const noexcept override { return is_draining_now(); }
  const http::InboundSettings& inbound_settings() const noexcept override {
    return service_->plan->inbound;
  }

  base::Ref<exchange::HttpService> service_;  // for what is new
  base::OwningList<http::H1Inbound> connections_;
};

}  // namespace poise::server
