#include "tls/handshake.h"

#include <openssl/err.h>

#include <cerrno>
#include <utility>

#include "tls/handshake_failure.h"
#include "tls/peer_certificate.h"
#include "tls/server_endpoint.h"

namespace poise::tls {
namespace {

// For a refused client to read why; a close with its bytes unread would destroy the answer.
constexpr base::Duration kLingerTime = std::chrono::seconds(1);

constexpr std::string_view kPlainHttpAnswer =
    "HTTP/1.1 400 Bad Request\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 84\r\n"
    "Connection: close\r\n"
    "Proxy-Status: poise; error=http_request_error; details=\"request_malformed tls\"\r\n"
    "\r\n"
    "400 Bad Request\npoise: request_malformed: this port speaks HTTPS; ask with https://\n";

bool looks_like_text(int byte) { return byte >= 'A' && byte <= 'Z'; }

std::string_view text_or_empty(const char* text) { return text == nullptr ? "" : text; }

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

std::unique_ptr<Facts> facts_of(const SSL* ssl, base::Duration took) {
  auto facts = std::make_unique<Facts>();
  facts->version = text_or_empty(::SSL_get_version(ssl));
  facts->cipher = text_or_empty(::SSL_get_cipher_name(ssl));
  facts->server_name =
      in_lower_case(text_or_empty(::SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)));
  const unsigned char* alpn = nullptr;
  unsigned size = 0;
  ::SSL_get0_alpn_selected(ssl, &alpn, &size);
  facts->alpn.assign(reinterpret_cast<const char*>(alpn), size);
  facts->resumed = ::SSL_session_reused(ssl) == 1;
  facts->took = took;
  if (const X509Ptr peer{::SSL_get1_peer_certificate(ssl)}) {
    facts->peer.push_back(describe(*peer));
  }
  return facts;
}

}  // namespace

Handshake::Handshake(net::Loop& loop, Events& events)
    : loop_(loop),
      events_(events),
      timer_(base::Timer::calling<Handshake, &Handshake::on_timer>(this)) {}

void Handshake::start_server(net::TransportPtr below,
                             std::shared_ptr<const ServerEndpoint> endpoint, base::Duration limit) {
  negotiation_.endpoint = std::move(endpoint);
  answers_plain_http_ = negotiation_.endpoint->answers_plain_http();
  start(std::move(below), negotiation_.endpoint->begin(negotiation_), limit);
}

void Handshake::start_client(net::TransportPtr below, SslPtr ssl, base::Duration limit) {
  start(std::move(below), std::move(ssl), limit);
  loop_.schedule(first_word_);
}

void Handshake::start(net::TransportPtr below, SslPtr ssl, base::Duration limit) {
  started_ = loop_.now();
  auto& events = static_cast<net::TransportEvents&>(*this);
  transport_ = new TlsTransport(loop_, std::move(below), std::move(ssl), events);
  owned_.reset(transport_);
  transport_->resume_reading();
  if (limit.count() > 0) loop_.arm_in(timer_, limit);
}

void Handshake::on_readable() noexcept {
  if (state_ == State::shaking) return advance();
  if (state_ == State::lingering) discard();
}

void Handshake::advance() {
  switch (transport_->shake_hands()) {
    case TlsTransport::Progress::waits:
      return;
    case TlsTransport::Progress::done:
      return succeed();
    case TlsTransport::Progress::failed:
      return fail(failure_now());
  }
}

void Handshake::succeed() {
  ::ERR_clear_error();
  timer_.cancel();
  state_ = State::over;
  SSL* ssl = transport_->ssl();
  auto facts = facts_of(ssl, loop_.read_now() - started_);
  if (::SSL_is_server(ssl) == 1) SSL_set_app_data(ssl, nullptr);
  transport_ = nullptr;
  events_.on_secured(*this, std::move(owned_), std::move(facts));
}

HandshakeFailure Handshake::failure_now() const {
  HandshakeFailure failure;
  failure.took = loop_.now() - started_;
  SSL* ssl = transport_->ssl();
  const bool is_server = ::SSL_is_server(ssl) == 1;
  failure.result = result_of_error(::ERR_peek_last_error());
  failure.detail = take_error_text();
  const net::IoResult& lost = transport_->lost();
  if (is_server && looks_like_text(transport_->first_byte())) {
    failure.result = HandshakeResult::plain_http;
    failure.detail = "HTTP without TLS";
  } else if (negotiation_.name_unknown) {
    failure.result = HandshakeResult::unknown_name;
    failure.detail = "no certificate for the name the client asked for";
  } else if (lost.status != net::IoResult::Status::would_block) {
    failure.result = HandshakeResult::closed;
    failure.system = lost.error;
    failure.detail = "closed within the handshake";
  }
  const long verified = ::SSL_get_verify_result(ssl);
  if (failure.result == HandshakeResult::certificate && verified != X509_V_OK) {
    failure.detail += ": ";
    failure.detail += ::X509_verify_cert_error_string(verified);
  }
  return failure;
}

void Handshake::fail(HandshakeFailure failure) {
  failure_ = std::move(failure);
  const bool may_linger = ::SSL_is_server(transport_->ssl()) == 1;
  if (may_linger && failure_.result != HandshakeResult::closed) return linger();
  finish();
}

// OpenSSL has sent its alert, if it had one.
void Handshake::linger() {
  state_ = State::lingering;
  if (failure_.result == HandshakeResult::plain_http && answers_plain_http_) {
    const iovec answer{const_cast<char*>(kPlainHttpAnswer.data()), kPlainHttpAnswer.size()};
    (void)transport_->below().send({&answer, 1});
  }
  transport_->below().shutdown_sending();
  loop_.arm_in(timer_, kLingerTime);
}

void Handshake::discard() {
  const net::IoResult result = transport_->below().receive(loop_.scratch());
  const bool goes_on = result.ok() || result.status == net::IoResult::Status::would_block;
  if (!goes_on) finish();
}

void Handshake::on_timer() {
  if (state_ == State::lingering) return finish();
  cut(HandshakeResult::timeout, "not complete in time");
}

void Handshake::cut(HandshakeResult why, const char* detail) {
  if (state_ == State::over) return;
  if (state_ == State::shaking) failure_ = {why, 0, detail, loop_.now() - started_};
  finish();
}

void Handshake::finish() {
  timer_.cancel();
  state_ = State::over;
  transport_ = nullptr;
  owned_.reset();
  events_.on_handshake_failed(*this, failure_);
}

}  // namespace poise::tls
