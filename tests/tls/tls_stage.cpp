#include "tests/tls/tls_stage.h"

#include <fcntl.h>

#include "proxy/net/socket.h"

namespace poise::test {
namespace {

class NoEvents final : public net::TransportEvents {
  void on_readable() noexcept override {}
  void on_writable(int) noexcept override {}
};
NoEvents no_events;

}  // namespace

TlsEnd::~TlsEnd() {
  if (handshake_ != nullptr) loop_.defer(std::move(handshake_));
}

void TlsEnd::serve(net::Fd fd, tls::ServerEndpointPtr endpoint, base::Duration limit) {
  handshake_ = std::make_unique<tls::Handshake>(loop_, static_cast<tls::Handshake::Events&>(*this));
  handshake_->start_server(net::Socket::open(loop_, std::move(fd), no_events), std::move(endpoint),
                           limit);
}

void TlsEnd::call(net::Fd fd, tls::SslPtr ssl) {
  (void)::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
  handshake_ = std::make_unique<tls::Handshake>(loop_, static_cast<tls::Handshake::Events&>(*this));
  handshake_->start_client(net::Socket::open(loop_, std::move(fd), no_events), std::move(ssl),
                           base::Duration(0));
}

void TlsEnd::on_secured(tls::Handshake&, net::TransportPtr transport,
                        std::unique_ptr<tls::Facts> agreed) noexcept {
  facts = std::move(agreed);
  transport_ = std::move(transport);
  transport_->set_events(*this);
  loop_.defer(std::move(handshake_));
}

void TlsEnd::on_handshake_failed(tls::Handshake&, const tls::HandshakeFailure& why) noexcept {
  failure = why;
  loop_.defer(std::move(handshake_));
}

void TlsEnd::on_readable() noexcept {
  std::string space(room, '\0');
  ++reads;
  const net::IoResult result = transport_->receive(space);
  if (result.ok()) received.append(space, 0, result.count);
  if (result.status == net::IoResult::Status::failed) lost = result.error;
  ended = ended || result.status == net::IoResult::Status::end;
  if (ended || lost != 0) transport_->pause_reading();
}

void TlsEnd::on_writable(int error) noexcept {
  ++writable;
  if (error != 0) lost = error;
}

void TlsEnd::say(std::string_view bytes) {
  const iovec slice{const_cast<char*>(bytes.data()), bytes.size()};
  const net::IoResult result = transport_->send({&slice, 1});
  bytes.remove_prefix(result.count);
  if (bytes.empty()) return;
  base::Buffer rest;
  rest.append(bytes);
  transport_->write_rest(std::move(rest));
}

void TlsStage::meet(tls::ServerEndpointPtr endpoint, tls::SslPtr ssl) {
  Ends ends = connected_ends();
  server.serve(std::move(ends.ours), std::move(endpoint));
  client.call(std::move(ends.theirs), std::move(ssl));
  must(turned.comes_true([&] { return server.is_done() && client.is_done(); }));
  turned.settle();
}

tls::ServerEndpointPtr server_with(tls::ServerConfig config,
                                   std::vector<tls::CertificatePtr> certificates) {
  auto made = tls::ServerEndpoint::make(
      {std::move(config), std::move(certificates), tls::TicketKeys::random(), true});
  must(made.ok());
  return *made;
}

tls::ServerEndpointPtr server_for(const std::string& name) {
  return server_with({}, {load(make_certificate({.common_name = name, .names = {name}}))});
}

tls::ClientEndpointPtr trusting_client(std::vector<std::string> alpn) {
  auto made = tls::ClientEndpoint::make({.verify = false, .alpn = std::move(alpn)});
  must(made.ok());
  return *made;
}

}  // namespace poise::test
