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
  if (secure_.is_in_use()) {
    secure_.admit(std::move(fd), peer);
  } else {
    admit(std::move(fd), peer);
  }
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

void Door::on_client_secured(net::TransportPtr transport, std::unique_ptr<tls::Facts> facts,
                             const net::Address& peer) noexcept {
  admit(std::move(transport), std::move(facts), peer);
}

void Door::on_client_refused(const net::Address& peer,
                             const tls::HandshakeFailure& failure) noexcept {
  note_refused(peer, failure);
  on_connection_gone();
}

void Door::close_all() {
  secure_.close_all();
  close_connections();
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
