#include "proxy/server/secure_entrance.h"

#include <cerrno>
#include <utility>

#include "proxy/base/log.h"
#include "proxy/net/socket.h"

namespace poise::server {
namespace {

// Holds the place of the real speaker for a moment.
class NoEvents final : public net::TransportEvents {
 public:
  void on_readable() noexcept override {}
  void on_writable(int) noexcept override {}
};
NoEvents no_events;

}  // namespace

struct SecureEntrance::Guest final : tls::Handshake {
  Guest(net::Loop& loop, Events& events, net::ClientOrigin from)
      : Handshake(loop, events), origin(std::move(from)) {}
  net::ClientOrigin origin;
};

SecureEntrance::~SecureEntrance() = default;

void SecureEntrance::follow(const SecureSetup& setup, std::size_t worker) {
  const auto before = std::move(setup_.record);  // whoever still shakes hands is counted there
  setup_ = setup;
  if (setup_.record == nullptr) setup_.record = before;
  cells_ = setup_.record == nullptr ? nullptr : &setup_.record->cells.of(worker);
}

void SecureEntrance::admit(net::Fd fd, net::ClientOrigin origin) {
  auto socket = net::Socket::open(loop_, std::move(fd), no_events);
  if (socket != nullptr) return admit(std::move(socket), std::move(origin));
  refuse(origin.client, {tls::HandshakeResult::closed, ENOMEM, "client socket cannot be watched"});
}

void SecureEntrance::admit(net::TransportPtr transport, net::ClientOrigin origin) {
  if (count_ >= kMostAtOnce) {
    guests_.front().cut(tls::HandshakeResult::shed, "too many handshakes at once");
  }
  ++count_;
  auto& events = static_cast<tls::Handshake::Events&>(*this);
  tls::Handshake& guest = guests_.add(std::make_unique<Guest>(loop_, events, std::move(origin)));
  guest.start_server(std::move(transport), setup_.endpoint, setup_.limit);
}

net::ClientOrigin SecureEntrance::take_out(tls::Handshake& handshake) {
  net::ClientOrigin origin = std::move(static_cast<Guest&>(handshake).origin);
  --count_;
  loop_.defer(guests_.take(handshake));
  return origin;
}

void SecureEntrance::on_secured(tls::Handshake& handshake, net::TransportPtr transport,
                                std::unique_ptr<tls::Facts> facts) noexcept {
  net::ClientOrigin origin = take_out(handshake);
  cells_->results[static_cast<std::size_t>(tls::HandshakeResult::ok)].add();
  if (facts->resumed) cells_->resumed.add();
  cells_->duration.observe(facts->took);
  events_.on_client_secured(std::move(transport), std::move(facts), std::move(origin));
}

void SecureEntrance::on_handshake_failed(tls::Handshake& handshake,
                                         const tls::HandshakeFailure& failure) noexcept {
  refuse(take_out(handshake).client, failure);
}

void SecureEntrance::refuse(const net::Address& client, const tls::HandshakeFailure& failure) {
  cells_->results[static_cast<std::size_t>(failure.result)].add();
  static base::LogLimiter limiter;
  base::log_limited(limiter, loop_.now(), base::Level::info, "TLS handshake with {} failed: {}: {}",
                    client.ip_text(), tls::to_text(failure.result), failure.detail);
  events_.on_client_refused(client, failure);
}

void SecureEntrance::close_all() {
  while (!guests_.empty()) {
    guests_.front().cut(tls::HandshakeResult::shed, "drain time is over");
  }
}

}  // namespace poise::server
