#include "proxy/server/http_door.h"

#include <utility>

#include "proxy/exchange/exchange.h"
#include "proxy/server/refused_client.h"

namespace poise::server {

// Connections look at their old settings until they have followed.
void HttpDoor::take_up(const ListenerSnapshot& listener, const DoorParts& parts) {
  count_in(listener.http->listener, parts.worker);
  const base::Ref before =
      std::exchange(service_, base::Ref(new exchange::HttpService{
                                  .loop = loop_,
                                  .plan = {parts.snapshot, listener.http.get()},
                                  .groups = parts.groups,
                                  .random = parts.random,
                                  .log = parts.log,
                                  .recorder = &parts.recorder,
                                  .spans = &parts.spans,
                                  .cells = {listener.http->records, parts.worker},
                                  .listener_cells = cells(),
                              }));
  connections_.for_each([](http::H1Inbound& connection) { connection.follow_settings(); });
}

void HttpDoor::admit(net::Fd fd, net::ClientOrigin origin) {
  auto connection = std::make_unique<http::H1Inbound>(
      loop_, static_cast<http::InboundOwner&>(*this), std::move(origin));
  if (!connection->open(std::move(fd))) return on_connection_gone();
  connections_.add(std::move(connection));
}

void HttpDoor::admit(net::TransportPtr transport, std::unique_ptr<tls::Facts> facts,
                     net::ClientOrigin origin) {
  auto connection = std::make_unique<http::H1Inbound>(
      loop_, static_cast<http::InboundOwner&>(*this), std::move(origin));
  connection->open(std::move(transport), std::move(facts));
  connections_.add(std::move(connection));
}

void HttpDoor::note_refused(const net::Address& client, const tls::HandshakeFailure& failure) {
  note_refused_client(*service_, service_->plan->name, client, failure);
}

void HttpDoor::count_refusal(base::Cause cause) {
  service_->cells.at(service_->cells.row_of_no_route())
      .failures[static_cast<std::size_t>(cause)]
      .add();
}

std::unique_ptr<http::StreamHandler> HttpDoor::make_handler(http::InboundStream& stream) noexcept {
  return std::make_unique<exchange::Exchange>(*service_, stream);
}

void HttpDoor::on_inbound_closed(http::H1Inbound& connection) noexcept {
  loop_.defer(connections_.take(connection));
  on_connection_gone();
}

void HttpDoor::close_idle(base::Duration grace) {
  connections_.for_each([&](http::H1Inbound& connection) { connection.close_when_idle(grace); });
}

void HttpDoor::close_connections() {
  const base::Error why{.cause = base::Cause::draining,
                        .phase = base::Phase::respond,
                        .detail = "drain time is over"};
  connections_.for_each([&](http::H1Inbound& connection) { connection.close_now(why); });
}

}  // namespace poise::server
