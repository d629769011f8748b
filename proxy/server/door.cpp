#include "proxy/server/door.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "proxy/base/log.h"

namespace poise::server {
namespace {

// Room made by another worker comes without a word.
constexpr base::Duration kRoomCheck = std::chrono::milliseconds(20);

}  // namespace

Door::Door(net::Loop& loop, Limits limits, Events& events)
    : loop_(loop),
      limits_(std::move(limits)),
      events_(events),
      secure_(loop, *this),
      room_check_(base::Timer::calling<Door, &Door::look_for_room>(this)) {}

void Door::follow(const ListenerSnapshot& listener, const DoorParts& parts) {
  secure_.follow(listener.secure, parts.worker);
  take_up(listener, parts);
}

void Door::listen(SocketId id, net::Fd fd) {
  auto& events = static_cast<net::Listener::Events&>(*this);
  entrances_.push_back({id, std::make_unique<net::Listener>(loop_, std::move(fd), events)});
  if (!paused_) entrances_.back().listener->start();
}

net::Fd Door::release(SocketId id) {
  const auto found = std::find_if(entrances_.begin(), entrances_.end(),
                                  [&](const Entrance& entrance) { return entrance.id == id; });
  if (found == entrances_.end()) return {};
  net::Fd fd = found->listener->release();
  entrances_.erase(found);
  return fd;
}

bool Door::listens_to(SocketId id) const {
  return std::any_of(entrances_.begin(), entrances_.end(),
                     [&](const Entrance& entrance) { return entrance.id == id; });
}

void Door::listen_only_to(const std::vector<SocketId>& kept) {
  const auto closing =
      std::stable_partition(entrances_.begin(), entrances_.end(), [&](const Entrance& entrance) {
        return std::find(kept.begin(), kept.end(), entrance.id) != kept.end();
      });
  for (auto entrance = closing; entrance != entrances_.end(); ++entrance) {
    entrance->listener->drain();
  }
  entrances_.erase(closing, entrances_.end());
}

void Door::count_in(std::shared_ptr<exchange::ListenerRecord> record, std::size_t worker) {
  if (record == record_) return;
  if (cells_ != nullptr) cells_->connections.subtract(open_);
  record_ = std::move(record);
  cells_ = &record_->cells.of(worker);
  cells_->connections.add(open_);
}

void Door::on_accepted(net::Fd fd, const net::Address& peer) noexcept {
  limits_.listener->enter();
  limits_.process.enter();
  ++open_;
  cells_->connections.add();
  cells_->connections_total.add();
  begin(std::move(fd), peer);
  if (draining_ || paused_ || !is_full()) return;
  paused_ = true;
  for (const auto& entrance : entrances_) entrance.listener->pause();
  loop_.arm_in(room_check_, kRoomCheck);
  static base::LogLimiter limiter;
  base::log_limited(limiter, loop_.now(), base::Level::warn,
                    "connection limit reached ({} open): new clients wait", limits_.process.open());
}

void Door::on_accept_failed(int error) noexcept {
  static base::LogLimiter limiter;
  base::log_limited(limiter, loop_.now(), base::Level::warn, "cannot accept for now: {}",
                    std::strerror(error));
}

// ---- how a connection begins
// ---------------------------------------------------------------------

void Door::enter(net::Fd fd, net::ClientOrigin origin) {
  if (secure_.is_in_use()) {
    secure_.admit(std::move(fd), std::move(origin));
  } else {
    admit(std::move(fd), std::move(origin));
  }
}

void Door::on_client_secured(net::TransportPtr transport, std::unique_ptr<tls::Facts> facts,
                             net::ClientOrigin origin) noexcept {
  admit(std::move(transport), std::move(facts), std::move(origin));
}

void Door::on_client_refused(const net::Address& client,
                             const tls::HandshakeFailure& failure) noexcept {
  note_refused(client, failure);
  on_connection_gone();
}

void Door::close_all() {
  close_arrivals();
  secure_.close_all();
  close_connections();
}

// Who is not trusted and need not send a header speaks for himself: what he sends as one is no
// request either.
void Door::begin(net::Fd fd, const net::Address& peer) {
  using net::ProxyHeaderIn;
  const bool required = arrival_rules_.headers == ProxyHeaderIn::require;
  if (arrival_rules_.headers == ProxyHeaderIn::off) return enter(std::move(fd), peer);
  if (may_name_clients(peer)) {
    auto& events = static_cast<net::ProxyArrival::Events&>(*this);
    const net::ProxyArrival::Rules rules{required, arrival_rules_.timeout};
    auto arrival = std::make_unique<net::ProxyArrival>(loop_, std::move(fd), peer, rules, events);
    return arrivals_.add(std::move(arrival)).start();
  }
  if (!required) return enter(std::move(fd), peer);
  refuse(peer, {.cause = base::Cause::denied,
                .phase = base::Phase::accept,
                .detail = "not among the trusted proxies"});
}

// Who may write to a Unix socket was decided by its mode.
bool Door::may_name_clients(const net::Address& peer) const {
  return peer.is_unix() || net::contains(arrival_rules_.trusted, peer);
}

void Door::on_arrived(net::ProxyArrival& arrival) noexcept {
  net::Fd fd = arrival.take_fd();
  net::ClientOrigin origin = arrival.take_origin();
  loop_.defer(arrivals_.take(arrival));
  enter(std::move(fd), std::move(origin));
}

void Door::on_arrival_failed(net::ProxyArrival& arrival, const base::Error& error) noexcept {
  const net::Address peer = arrival.proxy();
  (void)arrival.take_fd();  // closed now, not when the loop turns next
  loop_.defer(arrivals_.take(arrival));
  refuse(peer, error);
}

// A proxy that connects only to see whether the port is open is no failure.
void Door::refuse(const net::Address& peer, const base::Error& error) {
  if (error.cause != base::Cause::client_gone && error.cause != base::Cause::draining) {
    static base::LogLimiter limiter;
    base::log_limited(limiter, loop_.now(), base::Level::warn, "listener {} refused {}: {} ({})",
                      arrival_rules_.name, peer.text(), error.detail, base::to_text(error.cause));
    count_refusal(error.cause);
  }
  on_connection_gone();
}

void Door::close_arrivals() {
  arrivals_.for_each([this](net::ProxyArrival& arrival) {
    on_arrival_failed(arrival, {.cause = base::Cause::draining});
  });
}

void Door::on_connection_gone() {
  limits_.listener->leave();
  limits_.process.leave();
  --open_;
  cells_->connections.subtract(1);
  if (paused_) look_for_room();
  if (draining_ && is_empty()) events_.on_door_empty();
}

void Door::look_for_room() {
  if (draining_ || !paused_) return;
  if (is_full()) return loop_.arm_in(room_check_, kRoomCheck);
  paused_ = false;
  for (const auto& entrance : entrances_) entrance.listener->start();
}

void Door::begin_drain() {
  draining_ = true;
  listen_only_to({});
}

}  // namespace poise::server
