#include "proxy/l4/tcp_session.h"

#include "proxy/exchange/request_key.h"
#include "proxy/l4/tcp_route.h"

namespace poise::l4 {

using base::Cause;
using base::Error;
using base::Phase;

TcpSession::TcpSession(TcpService& service, TcpSessionOwner& owner)
    : kept_service_(&service),
      service_(service),
      owner_(owner),
      row_(service.cells.row_of_no_route()),
      relay_(service.loop, service.pipes, *this),
      accepted_(service.loop.now()) {}

TcpSession::~TcpSession() = default;

void TcpSession::open(net::Fd fd, const net::Address& peer) {
  client_ = peer.ip_text();
  if (!relay_.open_client(std::move(fd))) {
    return refuse(Cause::internal, "client socket cannot be watched");
  }
  find_backend(peer);
}

void TcpSession::open(net::TransportPtr transport, std::unique_ptr<const tls::Facts> facts,
                      const net::Address& peer) {
  client_ = peer.ip_text();
  tls_ = std::move(facts);
  relay_.open_client(std::move(transport));
  find_backend(peer);
}

void TcpSession::find_backend(const net::Address& peer) {
  route_ = find_route(service_.plan->routes, peer);
  if (route_ == nullptr) return refuse(Cause::no_route, "no route takes this client");
  row_ = route_->row;
  if (!exchange::admits(route_->config, peer))
    return refuse(Cause::denied, "client address not allowed");
  const std::size_t share = exchange::choose_share(*route_, service_.random);
  row_ += 1 + share;
  group_ = service_.groups[route_->pools[share].pool].get();
  dial(peer);
}

void TcpSession::dial(const net::Address& peer) {
  const auto key =
      exchange::session_key(group_->plan().strategy->key_source(), peer, service_.random);
  state_ = State::dialing;
  dial_ = std::make_unique<Dial>(service_.loop, *group_, retry_config(), key,
                                 static_cast<Dial::Events&>(*this));
  dial_->start();
}

const pool::RetryConfig& TcpSession::retry_config() const {
  return exchange::retry_of(route_->config, group_->plan().config);
}

void TcpSession::on_dialed(net::TransportPtr backend) noexcept {
  keep_tries();
  slot_ = dial_->take_slot();
  connected_ = service_.loop.now();
  state_ = State::relaying;
  service_.loop.defer(std::move(dial_));
  relay_.start(std::move(backend), service_.plan->idle_timeout);
}

void TcpSession::on_dial_failed(const Error& error) noexcept { end(error); }

void TcpSession::on_relay_ended(const Error& error) noexcept { end(error); }

void TcpSession::close_now(const Error& why) {
  Error error = why;
  if (error.phase == Phase::none) error.phase = phase();
  end(error);
}

void TcpSession::refuse(Cause cause, const char* detail) {
  end({.cause = cause, .phase = Phase::accept, .side = base::Side::local, .detail = detail});
}

void TcpSession::keep_tries() {
  backend_ = dial_->backend();
  picked_ = dial_->picked();
  made_tries_ = std::move(dial_->made_tries());
}

void TcpSession::end(const Error& error) {
  if (state_ == State::closed) return;
  if (dial_ != nullptr) {
    dial_->cancel(error);
    keep_tries();
    service_.loop.defer(std::move(dial_));
  }
  relay_.reset();
  if (relay_.first_byte() != base::MonotonicTime{}) slot_.answered();
  slot_.release(error, service_.loop.now());
  account(error);
  state_ = State::closed;
  owner_.on_session_closed(*this);
}

Phase TcpSession::phase() const {
  if (state_ == State::opening) return Phase::accept;
  return state_ == State::dialing ? Phase::connect : Phase::tunnel;
}

}  // namespace poise::l4
