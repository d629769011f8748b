#include "proxy/l4/tcp_session.h"

#include "proxy/exchange/record_parts.h"
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
      id_(service.random()),
      accepted_(service.loop.now()) {}

TcpSession::~TcpSession() = default;

void TcpSession::open(net::Fd fd, net::ClientOrigin origin) {
  origin_ = std::move(origin);
  client_ = origin_.client.ip_text();
  if (!service_.plan->reads_hello) return begin(std::move(fd));
  state_ = State::greeting;
  hello_ =
      std::make_unique<HelloReader>(service_.loop, std::move(fd), service_.plan->handshake_timeout,
                                    static_cast<HelloReader::Events&>(*this));
  hello_->start();
}

void TcpSession::on_hello() noexcept {
  server_name_ = hello_->hello().server_name;
  first_bytes_ = hello_->take_bytes();
  route();
  if (state_ == State::closed) return;
  net::Fd fd = hello_->take_fd();
  service_.loop.defer(std::move(hello_));
  begin(std::move(fd));
}

// Who leaves without a word, as those do that only look whether the port is open, is nobody's
// failure.
void TcpSession::on_no_hello(const Error& error) noexcept {
  is_silent_ = error.cause == Cause::client_gone && !hello_->has_bytes();
  end(error);
}

void TcpSession::begin(net::Fd fd) {
  if (!relay_.open_client(std::move(fd))) {
    return refuse(Cause::internal, "client socket cannot be watched", TlsAlert::internal_error);
  }
  if (route_ == nullptr) route();
  if (state_ != State::closed) dial();
}

void TcpSession::route() {
  const ClientHello* hello = hello_ != nullptr ? &hello_->hello() : nullptr;
  route_ = find_route(service_.plan->routes, origin_.client, hello);
  if (route_ == nullptr) {
    return refuse(Cause::no_route, "no route takes this client", TlsAlert::unrecognized_name);
  }
  row_ = route_->row;
  if (!exchange::admits(route_->config, origin_.client)) {
    return refuse(Cause::denied, "client address not allowed", TlsAlert::access_denied);
  }
  const std::size_t share = exchange::choose_share(*route_, service_.random);
  row_ += 1 + share;
  group_ = service_.groups[route_->pools[share].pool].get();
}

void TcpSession::dial() {
  const auto key = exchange::session_key(group_->plan().strategy->key_source(), origin_.client,
                                         server_name_, service_.random);
  state_ = State::dialing;
  dial_ = std::make_unique<Dial>(service_.loop, *group_, retry_config(), key, greeting(),
                                 static_cast<Dial::Events&>(*this));
  dial_->start();
}

std::string TcpSession::greeting() const {
  const net::ProxyHeaderOut version = group_->plan().config.proxy_protocol;
  if (version == net::ProxyHeaderOut::off) return {};
  const exchange::RecordId id(id_);
  return net::write_proxy_header(
      version, {.client = origin_.client,
                .called = origin_.said != nullptr ? origin_.said->called : relay_.called(),
                .authority = server_name_,
                .unique_id = id.text()});
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
  relay_.start(std::move(backend), service_.plan->idle_timeout, std::move(first_bytes_));
}

void TcpSession::on_dial_failed(const Error& error) noexcept { end(error); }

void TcpSession::on_relay_ended(const Error& error) noexcept { end(error); }

void TcpSession::close_now(const Error& why) {
  Error error = why;
  if (error.phase == Phase::none) error.phase = phase();
  end(error);
}

void TcpSession::refuse(Cause cause, const char* detail, TlsAlert alert) {
  if (hello_ != nullptr) hello_->refuse(alert);
  end({.cause = cause, .phase = phase(), .side = base::Side::local, .detail = detail});
}

void TcpSession::keep_tries() {
  backend_ = dial_->backend();
  picked_ = dial_->picked();
  made_tries_ = std::move(dial_->made_tries());
}

void TcpSession::end(const Error& error) {
  if (state_ == State::closed) return;
  if (hello_ != nullptr) (void)hello_->take_fd();  // closed now, not when the loop turns next
  service_.loop.defer(std::move(hello_));
  if (dial_ != nullptr) {
    dial_->cancel(error);
    keep_tries();
    service_.loop.defer(std::move(dial_));
  }
  relay_.reset();
  if (relay_.first_byte() != base::MonotonicTime{}) slot_.answered();
  slot_.release(error, service_.loop.now());
  if (!is_silent_) account(error);
  state_ = State::closed;
  owner_.on_session_closed(*this);
}

Phase TcpSession::phase() const {
  if (state_ == State::opening) return Phase::accept;
  if (state_ == State::greeting) return Phase::tls;
  return state_ == State::dialing ? Phase::connect : Phase::tunnel;
}

}  // namespace poise::l4
