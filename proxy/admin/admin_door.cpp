#include "proxy/admin/admin_door.h"

#include <cstring>
#include <utility>

#include "proxy/base/log.h"

namespace poise::admin {
namespace {

constexpr base::Duration kRoomCheck = std::chrono::seconds(1);
constexpr base::Duration kLongIdle = std::chrono::seconds(1);
// A connection whose answer began before the door closed is idle only after it.
constexpr base::Duration kCloseCheck = std::chrono::milliseconds(50);

}  // namespace

AdminDoor::AdminDoor(net::Loop& loop, const std::vector<Endpoint>& endpoints, AccessRules rules)
    : loop_(loop),
      site_{loop, Router(endpoints), std::move(rules)},
      room_check_(base::Timer::calling<AdminDoor, &AdminDoor::look_for_room>(this)),
      close_check_(base::Timer::calling<AdminDoor, &AdminDoor::close_rest>(this)) {
  settings_.limits.body_bytes = kMostBody;
}

AdminDoor::~AdminDoor() = default;

void AdminDoor::listen(net::Fd fd) {
  listener_ = std::make_unique<net::Listener>(loop_, std::move(fd),
                                              static_cast<net::Listener::Events&>(*this));
  listener_->start();
}

void AdminDoor::on_accepted(net::Fd fd, const net::Address& peer) noexcept {
  admit(std::move(fd), peer);
  if (paused_ || !is_full()) return;
  paused_ = true;
  listener_->pause();
  look_for_room();
}

void AdminDoor::look_for_room() {
  if (listener_ == nullptr || !paused_) return;
  if (is_full()) close_idle(kLongIdle);
  if (is_full()) return loop_.arm_in(room_check_, kRoomCheck);
  paused_ = false;
  listener_->start();
}

void AdminDoor::on_accept_failed(int error) noexcept {
  static base::LogLimiter limiter;
  base::log_limited(limiter, loop_.now(), base::Level::warn, "admin cannot accept for now: {}",
                    std::strerror(error));
}

void AdminDoor::admit(net::Fd fd, const net::Address& peer) {
  auto connection =
      std::make_unique<http::H1Inbound>(loop_, static_cast<http::InboundOwner&>(*this), peer);
  if (!connection->open(std::move(fd))) return;
  connections_.add(std::move(connection));
  ++connections_count_;
}

std::unique_ptr<http::StreamHandler> AdminDoor::make_handler(http::InboundStream& stream) noexcept {
  auto exchange = std::make_unique<AdminExchange>(site_, stream);
  exchanges_.push_back(*exchange);
  return exchange;
}

void AdminDoor::on_inbound_closed(http::H1Inbound& connection) noexcept {
  loop_.defer(connections_.take(connection));
  --connections_count_;
  loop_.arm_in(room_check_, base::Duration(0));
  look_whether_empty();
}

void AdminDoor::close_idle(base::Duration grace) {
  connections_.for_each([&](http::H1Inbound& connection) { connection.close_when_idle(grace); });
}

void AdminDoor::close(std::function<void()> when_empty) {
  when_empty_ = std::move(when_empty);
  closing_ = true;
  listener_.reset();
  exchanges_.for_each([](AdminExchange& exchange) { exchange.end_if_streaming(); });
  close_rest();
  look_whether_empty();
}

void AdminDoor::close_rest() {
  loop_.arm_in(close_check_, kCloseCheck);
  close_idle(base::Duration(0));
}

void AdminDoor::close_now() {
  const base::Error why{
      .cause = base::Cause::draining, .phase = base::Phase::respond, .detail = "poise stops"};
  connections_.for_each([&](http::H1Inbound& connection) { connection.close_now(why); });
}

void AdminDoor::look_whether_empty() {
  if (!closing_ || connections_count_ > 0 || when_empty_ == nullptr) return;
  close_check_.cancel();
  std::exchange(when_empty_, nullptr)();
}

}  // namespace poise::admin
