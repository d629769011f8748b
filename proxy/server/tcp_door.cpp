#include "proxy/server/tcp_door.h"

#include "proxy/server/refused_client.h"

namespace poise::server {

void TcpDoor::take_up(const ListenerSnapshot& listener, const DoorParts& parts) {
  count_in(listener.tcp->record, parts.worker);
  service_ = base::Ref(new l4::TcpService{
      .loop = loop_,
      .plan = {parts.snapshot, listener.tcp.get()},
      .groups = parts.groups,
      .random = parts.random,
      .pipes = parts.pipes,
      .log = parts.log,
      .recorder = &parts.recorder,
      .cells = {listener.tcp->records, parts.worker},
      .listener_cells = cells(),
  });
}

void TcpDoor::admit(net::Fd fd, net::ClientOrigin origin) {
  auto& owner = static_cast<l4::TcpSessionOwner&>(*this);
  sessions_.add(std::make_unique<l4::TcpSession>(*service_, owner))
      .open(std::move(fd), std::move(origin));
}

void TcpDoor::count_refusal(base::Cause cause) {
  service_->cells.at(service_->cells.row_of_no_route())
      .failures[static_cast<std::size_t>(cause)]
      .add();
}

void TcpDoor::admit(net::TransportPtr transport, std::unique_ptr<tls::Facts> facts,
                    net::ClientOrigin origin) {
  auto& owner = static_cast<l4::TcpSessionOwner&>(*this);
  sessions_.add(std::make_unique<l4::TcpSession>(*service_, owner))
      .open(std::move(transport), std::move(facts), std::move(origin));
}

void TcpDoor::note_refused(const net::Address& client, const tls::HandshakeFailure& failure) {
  note_refused_client(*service_, service_->plan->listener, client, failure);
}

void TcpDoor::on_session_closed(l4::TcpSession& session) noexcept {
  loop_.defer(sessions_.take(session));
  on_connection_gone();
}

void TcpDoor::close_connections() {
  const base::Error why{
      .cause = base::Cause::draining, .phase = base::Phase::tunnel, .detail = "drain time is over"};
  sessions_.for_each([&](l4::TcpSession& session) { session.close_now(why); });
}

std::size_t TcpDoor::close_all_to(const pool::BackendRecord& backend) {
  const base::Error why{.cause = base::Cause::draining, .detail = "the backend's drain is over"};
  std::size_t closed = 0;
  sessions_.for_each([&](l4::TcpSession& session) {
    if (!session.is_at(backend)) return;
    session.close_now(why);
    ++closed;
  });
  return closed;
}

}  // namespace poise::server
