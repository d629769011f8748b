// How handshakes end: who gets which certificate, and what is said of those that fail.
#include <openssl/ssl.h>

#include <catch2/catch.hpp>

#include "proxy/net/socket.h"
#include "tests/tls/tls_stage.h"

using namespace poise;
using namespace poise::test;
using tls::HandshakeResult;

namespace {

std::string certificate_for(const tls::ServerEndpointPtr& server, const std::string& name) {
  TlsStage stage;
  stage.meet(server, trusting_client()->begin(name, nullptr));
  if (!stage.client.is_secured() || stage.client.facts->peer.empty()) return "none";
  return stage.client.facts->peer.front().subject;
}

// A server's end alone, and a peer that is no TLS client.
struct Lone {
  TurnedLoop turned;
  TlsEnd server{turned.loop()};
  BarePeer& peer;
  explicit Lone(tls::ServerEndpointPtr endpoint = server_for("a.test"))
      : Lone(endpoint, connected_ends()) {}
  Lone(tls::ServerEndpointPtr endpoint, Ends ends) : peer(turned.add_peer(std::move(ends.theirs))) {
    server.serve(std::move(ends.ours), std::move(endpoint), std::chrono::seconds(10));
  }
  HandshakeResult result() {
    if (!turned.comes_true([&] { return server.is_done(); })) return HandshakeResult::ok;
    return server.failure ? server.failure->result : HandshakeResult::ok;
  }
};

}  // namespace

TEST_CASE("tls: the certificate is chosen by exact name, then wildcard, then it is the first") {
  std::vector<tls::CertificatePtr> all;
  all.push_back(load(make_certificate({.common_name = "first", .names = {"first.test"}})));
  all.push_back(load(make_certificate({.common_name = "wild", .names = {"*.example.test"}})));
  all.push_back(
      load(make_certificate({.common_name = "exact", .names = {"a.example.test", "c.test"}})));
  const auto server = server_with({}, all);
  CHECK(certificate_for(server, "a.example.test") == "CN=exact");
  CHECK(certificate_for(server, "A.Example.TEST") == "CN=exact");
  CHECK(certificate_for(server, "c.test") == "CN=exact");
  CHECK(certificate_for(server, "b.example.test") == "CN=wild");
  CHECK(certificate_for(server, "x.b.example.test") == "CN=first");
  CHECK(certificate_for(server, "example.test") == "CN=first");
  CHECK(certificate_for(server, "") == "CN=first");
}

TEST_CASE("tls: an unknown name is refused where the policy says so") {
  tls::ServerConfig config;
  config.unknown_name = tls::UnknownName::reject;
  const auto server =
      server_with(config, {load(make_certificate({.common_name = "a", .names = {"a.test"}}))});
  TlsStage stage;
  stage.meet(server, trusting_client()->begin("b.test", nullptr));
  REQUIRE(stage.server.failure);
  CHECK(stage.server.failure->result == HandshakeResult::unknown_name);
  CHECK(stage.client.failure->result == HandshakeResult::alert);
  CHECK(certificate_for(server, "a.test") == "CN=a");
}

TEST_CASE("tls: of two certificates for a name the client gets the one it can verify") {
  const auto server = server_with(
      {}, {load(make_certificate({.common_name = "rsa", .names = {"a.test"}, .key = KeyKind::rsa})),
           load(make_certificate({.common_name = "ecdsa", .names = {"a.test"}}))});
  for (const bool knows_ecdsa : {true, false}) {
    TlsStage stage;
    tls::SslPtr ssl = trusting_client()->begin("a.test", nullptr);
    const char* known = knows_ecdsa ? "ECDSA+SHA256:RSA-PSS+SHA256" : "RSA-PSS+SHA256";
    REQUIRE(SSL_set1_sigalgs_list(ssl.get(), known) == 1);
    stage.meet(server, std::move(ssl));
    REQUIRE(stage.client.is_secured());
    CHECK(stage.client.facts->peer.front().subject == (knows_ecdsa ? "CN=ecdsa" : "CN=rsa"));
  }
}

TEST_CASE("tls: a client without a common protocol is refused, one that offers none is not") {
  tls::ServerConfig config;
  config.alpn = {"http/1.1"};
  const auto server = server_with(config, {load(make_certificate({.names = {"a.test"}}))});
  TlsStage one;
  one.meet(server, trusting_client({"h2"})->begin("a.test", nullptr));
  CHECK(one.server.failure->result == HandshakeResult::incompatible);
  TlsStage two;
  two.meet(server, trusting_client({"h2", "http/1.1"})->begin("a.test", nullptr));
  CHECK(two.server.facts->alpn == "http/1.1");
  TlsStage three;
  three.meet(server, trusting_client()->begin("a.test", nullptr));
  CHECK(three.server.facts->alpn.empty());
}

TEST_CASE("tls: a client of a version that is too old is refused") {
  tls::ServerConfig config;
  config.min_version = tls::Version::tls_1_3;
  const auto server = server_with(config, {load(make_certificate({.names = {"a.test"}}))});
  TlsStage stage;
  tls::SslPtr ssl = trusting_client()->begin("a.test", nullptr);
  SSL_set_max_proto_version(ssl.get(), TLS1_2_VERSION);
  stage.meet(server, std::move(ssl));
  CHECK(stage.server.failure->result == HandshakeResult::incompatible);
}

TEST_CASE("tls: HTTP without TLS is answered with a 400 that says so") {
  Lone lone;
  lone.turned.send(lone.peer, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
  CHECK(lone.peer.received().starts_with("HTTP/1.1 400 Bad Request\r\n"));
  const std::string& said = lone.peer.received();
  const auto body = said.find("\r\n\r\n") + 4;
  CHECK(said.find("Content-Length: " + std::to_string(said.size() - body) + "\r\n") != said.npos);
  lone.peer.close();
  CHECK(lone.result() == HandshakeResult::plain_http);
}

TEST_CASE("tls: what is no TLS at all ends the connection, and is told as malformed") {
  Lone lone;
  lone.turned.send(lone.peer, std::string(64, '\x01'));
  lone.peer.shut_down_sending();
  CHECK(lone.result() == HandshakeResult::malformed);
  CHECK_FALSE(lone.server.failure->detail.empty());
}

TEST_CASE("tls: a silent peer is cut when the time is over") {
  Lone lone;
  lone.turned.pass_time(std::chrono::seconds(9));
  CHECK_FALSE(lone.server.is_done());
  lone.turned.pass_time(std::chrono::seconds(2));
  CHECK(lone.result() == HandshakeResult::timeout);
}

TEST_CASE("tls: a peer that leaves within its handshake is told as closed") {
  Lone lone;
  lone.turned.send(lone.peer, std::string("\x16\x03\x01\x02\x00\x01", 6));
  lone.peer.close();
  CHECK(lone.result() == HandshakeResult::closed);
}

TEST_CASE("tls: a backend's certificate is verified, by authority and by name") {
  const MadeCertificate authority =
      make_certificate({.common_name = "authority", .is_authority = true});
  const auto server = server_with({}, {load(make_certificate({.names = {"a.test"}}, &authority))});
  const auto strict = tls::ClientEndpoint::make({.verify = true, .authorities = authority.cert});
  REQUIRE(strict.ok());
  const auto result_for = [&](const tls::ClientEndpointPtr& client, const std::string& name) {
    TlsStage stage;
    stage.meet(server, client->begin(name, nullptr));
    return stage.client.failure ? stage.client.failure->detail : "fine";
  };
  CHECK(result_for(*strict, "a.test") == "fine");
  CHECK(result_for(*strict, "b.test") == "certificate verify failed: hostname mismatch");
  const auto system = tls::ClientEndpoint::make({});
  REQUIRE(system.ok());
  CHECK(
      result_for(*system, "a.test").starts_with("certificate verify failed: unable to get local"));
}

TEST_CASE("tls: ticket keys are rotated, and sessions of the last two hours still open") {
  auto server = server_for("a.test");
  const auto client = trusting_client();
  tls::SessionSlot slot;
  const auto resumes = [&] {
    TlsStage stage;
    stage.meet(server, client->begin("a.test", &slot));
    return stage.server.facts->resumed;
  };
  CHECK_FALSE(resumes());
  server = server->with(server->ticket_keys().rotated());
  CHECK(resumes());
  server = server->with(tls::TicketKeys::random());
  CHECK_FALSE(resumes());
  const auto keys = tls::TicketKeys::from_bytes(server->ticket_keys().rotated().bytes());
  REQUIRE(keys.ok());
  server = server->with(*keys);
  CHECK(resumes());
  CHECK_FALSE(tls::TicketKeys::from_bytes("too short").ok());
}
