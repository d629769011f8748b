#include "tls/secure_connector.h"

#include <algorithm>
#include <utility>

namespace poise::tls {

SecureConnector::SecureConnector(net::Loop& loop, Events& events)
    : loop_(loop), events_(events), connector_(loop, static_cast<net::Connector::Events&>(*this)) {}

SecureConnector::~SecureConnector() = default;

void SecureConnector::start(const ConnectTarget& target, base::Duration timeout) {
  if (timeout.count() > 0) deadline_ = loop_.now() + timeout;
  if (target.endpoint != nullptr) ssl_ = target.endpoint->begin(target.server_name, target.session);
  connector_.start(target.address, timeout, target.greeting);
}

// At least a moment, as no time at all would be no limit.
base::Duration SecureConnector::time_left() const {
  if (deadline_ == base::MonotonicTime::max()) return {};
  return std::max<base::Duration>(deadline_ - loop_.now(), std::chrono::milliseconds(1));
}

void SecureConnector::on_connected(net::TransportPtr transport) noexcept {
  if (ssl_ == nullptr) return events_.on_connected(std::move(transport));
  handshake_ = std::make_unique<Handshake>(loop_, static_cast<Handshake::Events&>(*this));
  handshake_->start_client(std::move(transport), std::move(ssl_), time_left());
}

void SecureConnector::on_connect_failed(int error) noexcept {
  ssl_.reset();
  events_.on_connect_failed({.system = error});
}

void SecureConnector::on_secured(Handshake&, net::TransportPtr transport,
                                 std::unique_ptr<Facts>) noexcept {
  loop_.defer(std::move(handshake_));
  events_.on_connected(std::move(transport));
}

void SecureConnector::on_handshake_failed(Handshake&, const HandshakeFailure& failure) noexcept {
  const ConnectFailure told{failure.system, true, failure.result, failure.detail};
  loop_.defer(std::move(handshake_));
  events_.on_connect_failed(told);
}

}  // namespace poise::tls
