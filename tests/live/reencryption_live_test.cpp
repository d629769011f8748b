// TLS from the real program to its backends: nginx as the backend, which tells what it was told.
#include <catch2/catch.hpp>

#include "tests/support/live_poise.h"
#include "tests/support/proxied_backend.h"
#include "tests/support/proxy_header.h"
#include "tests/support/proxy_under_test.h"
#include "tests/support/test_authority.h"

using namespace poise::support;
using namespace std::string_literals;

namespace {

// Answers with the name asked for, whether the session was resumed, the protocol agreed on and who
// the client is.
class TlsNginx {
 public:
  TlsNginx(const IssuedFiles& files, const std::string& more = "", const std::string& listen = "")
      : port_(unused_port()),
        process_(start_nginx(
            folder_, "server { listen 127.0.0.1:" + std::to_string(port_) + " ssl" + listen +
                         "; ssl_certificate " + files.cert + "; ssl_certificate_key " + files.key +
                         ";" + more +
                         " location / { return 200 \"sni=$ssl_server_name "
                         "reused=$ssl_session_reused alpn=$ssl_alpn_protocol "
                         "client=$ssl_client_s_dn from=$proxy_protocol_addr\"; } }\n")) {
    REQUIRE(is_listening(port_));
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  ScratchFolder folder_;
  std::uint16_t port_;
  std::unique_ptr<ChildProcess> process_;
};

const std::string kLogged = "log: { access: { to: stdout } }\n";

std::string tls_of(const std::string& settings) { return "    tls: { " + settings + " }\n"; }

Answer ask(LivePoise& poise) {
  RawClient client(poise.port());
  return client.ask(get_text("1", "Connection: close\r\n"));
}

bool has(const Answer& answer, const std::string& part) {
  return answer.message.body.find(part) != std::string::npos;
}

// Of the one request that was asked.
std::string log_line(LivePoise& poise) {
  return poise.process().standard_output().wait_for_line("\"cause\"").value_or("none");
}

}  // namespace

TEST_CASE("a backend's certificate is verified against an authority and a name") {
  TestAuthority authority;
  TlsNginx nginx(authority.issue("inner", "DNS:app.internal"));
  LivePoise poise(simple_config({nginx.address()},
                                tls_of("ca: " + authority.ca() + ", server_name: app.internal")));
  const Answer answer = ask(poise);
  CHECK(answer.status() == 200);
  CHECK(has(answer, "sni=app.internal "));
  CHECK(has(answer, "alpn=http/1.1 "));
}

TEST_CASE("without a name set the backend's own address has to be in its certificate") {
  TestAuthority authority;
  TlsNginx nginx(authority.issue("inner", "IP:127.0.0.1"));
  LivePoise poise(simple_config({nginx.address()}, tls_of("ca: " + authority.ca())));
  const Answer answer = ask(poise);
  CHECK(answer.status() == 200);
  CHECK(has(answer, "sni= "));
}

TEST_CASE("a backend that was resolved from a name has to have that name") {
  TestAuthority authority;
  TlsNginx nginx(authority.issue("inner", "DNS:localhost"));
  LivePoise poise(simple_config({"localhost" + nginx.address().substr(9)},
                                tls_of("ca: " + authority.ca() + ", server_name: localhost")));
  const Answer answer = ask(poise);
  CHECK(answer.status() == 200);
  CHECK(has(answer, "sni=localhost "));
}

TEST_CASE("a reload that asks for verification uses nothing that was agreed upon without") {
  TestAuthority authority;
  TestAuthority stranger("stranger");
  TlsNginx nginx(stranger.issue("a", "DNS:app.internal"));
  const std::string once = "    retry: { attempts: 0 }\n";
  LivePoise poise(simple_config({nginx.address()}, tls_of("verify: false") + once));
  for (int i = 0; i < 4; ++i) REQUIRE(ask(poise).status() == 200);
  REQUIRE(poise
              .reload(simple_config(
                  {nginx.address()},
                  tls_of("ca: " + authority.ca() + ", server_name: app.internal") + once))
              .find("reloaded") != std::string::npos);
  for (int i = 0; i < 4; ++i) CHECK(ask(poise).status() == 502);
}

TEST_CASE("what is wrong with a backend's certificate is said, and the request gets 502") {
  TestAuthority authority;
  TestAuthority stranger("stranger");
  struct Case {
    IssuedFiles files;
    std::string ca;
    std::string words;
  };
  const std::vector<Case> cases{
      {authority.issue("a", "DNS:other.internal"), authority.ca(), "hostname mismatch"},
      {authority.issue("a", "DNS:app.internal", -1), authority.ca(), "certificate has expired"},
      {stranger.issue("a", "DNS:app.internal"), authority.ca(), "unable to get local issuer"},
  };
  for (const Case& each : cases) {
    INFO(each.words);
    TlsNginx nginx(each.files);
    LivePoise poise(simple_config(
        {nginx.address()},
        tls_of("ca: " + each.ca + ", server_name: app.internal") + "    retry: { attempts: 0 }\n",
        "", kLogged));
    const Answer answer = ask(poise);
    CHECK(answer.status() == 502);
    CHECK(answer.message.value("Proxy-Status").find(each.words) != std::string::npos);
    const std::string line = log_line(poise);
    CHECK(line.find(R"("cause":"connect_tls","phase":"tls")") != std::string::npos);
  }
}

TEST_CASE("the system's authorities are asked where none is given, and nobody with verify: false") {
  TestAuthority authority;
  TlsNginx nginx(authority.issue("inner", "IP:127.0.0.1"));
  LivePoise careful(simple_config({nginx.address()}, tls_of("verify: true")));
  CHECK(ask(careful).status() == 502);
  LivePoise careless(simple_config({nginx.address()}, tls_of("verify: false")));
  CHECK(ask(careless).status() == 200);
}

TEST_CASE("a backend that asks for a certificate is shown it") {
  TestAuthority authority;
  const IssuedFiles own = authority.issue("poise.internal", "DNS:poise.internal");
  TlsNginx nginx(authority.issue("inner", "DNS:app.internal"),
                 " ssl_client_certificate " + authority.ca() + "; ssl_verify_client on;");
  const std::string settings = "ca: " + authority.ca() + ", server_name: app.internal";
  LivePoise without(simple_config({nginx.address()}, tls_of(settings)));
  CHECK(ask(without).status() != 200);
  LivePoise with(simple_config({nginx.address()}, tls_of(settings + ", certificate: { cert: " +
                                                         own.cert + ", key: " + own.key + " }")));
  const Answer answer = ask(with);
  CHECK(answer.status() == 200);
  CHECK(has(answer, "client=CN=poise.internal "));
}

TEST_CASE("connections to a backend stay warm, and a new one resumes the session") {
  TestAuthority authority;
  for (const std::string& version : {"TLSv1.2"s, "TLSv1.3"s}) {
    INFO(version);
    TlsNginx nginx(authority.issue("inner", "DNS:app.internal"),
                   " ssl_protocols " + version +
                       "; ssl_session_cache shared:a:1m;"
                       " keepalive_requests 2;");
    LivePoise poise(simple_config({nginx.address()},
                                  tls_of("ca: " + authority.ca() + ", server_name: app.internal")));
    RawClient client(poise.port());
    CHECK(has(client.ask(get_text("1")), "reused=. "));
    CHECK(has(client.ask(get_text("2")), "reused=. "));
    CHECK(has(client.ask(get_text("3")), "reused=r "));
  }
}

TEST_CASE("a backend that does not speak TLS, or is silent, fails the connection in time") {
  RecordingBackend plain;
  LivePoise poise(simple_config(
      {plain.address()}, tls_of("verify: false") + "    retry: { attempts: 0 }\n", "", kLogged));
  CHECK(ask(poise).status() == 502);
  CHECK(log_line(poise).find(R"("cause":"connect_tls","phase":"tls")") != std::string::npos);

  ListeningSocket silent;
  LivePoise waiting(simple_config({"127.0.0.1:" + std::to_string(silent.port())},
                                  tls_of("verify: false") +
                                      "    connections: { connect_timeout: 100ms }\n"
                                      "    retry: { attempts: 0 }\n",
                                  "", kLogged));
  CHECK(ask(waiting).status() == 504);
  CHECK(log_line(waiting).find(R"("cause":"connect_timeout","phase":"tls")") != std::string::npos);
}

TEST_CASE("a request is tried elsewhere when a backend's certificate is not to be trusted") {
  TestAuthority authority;
  TlsNginx bad(authority.issue("inner", "DNS:other.internal"));
  TlsNginx good(authority.issue("inner", "DNS:app.internal"));
  LivePoise poise(simple_config({bad.address(), good.address()},
                                tls_of("ca: " + authority.ca() + ", server_name: app.internal")));
  for (int i = 0; i < 4; ++i) CHECK(ask(poise).status() == 200);
}

TEST_CASE("a PROXY header comes before TLS") {
  TestAuthority authority;
  TlsNginx nginx(authority.issue("inner", "DNS:app.internal"), "", " proxy_protocol");
  LivePoise poise(simple_config({nginx.address()},
                                tls_of("ca: " + authority.ca() + ", server_name: app.internal") +
                                    "    proxy_protocol: v2\n"));
  const Answer answer = ask(poise);
  CHECK(answer.status() == 200);
  CHECK(has(answer, "from=127.0.0.1"));
}

TEST_CASE("TCP sessions are encrypted to their backends, large ones too") {
  TestAuthority authority;
  ScratchFolder folder;
  const std::string body(2'000'000, 'n');
  folder.write("file.bin", body);
  TlsNginx nginx(authority.issue("inner", "DNS:app.internal"),
                 " root " + folder.path("") + "; location /file.bin { }");
  LivePoise poise(
      "listeners: [{ bind: 127.0.0.1:0, protocol: tcp, pool: app }]\n"
      "pools: { app: { backends: [\"" +
      nginx.address() + "\"], tls: { ca: " + authority.ca() +
      ", server_name: app.internal } } }\n");
  RawClient client(poise.port());
  const Answer small = client.ask(get_text("1"));
  CHECK(small.status() == 200);
  CHECK(has(small, "alpn= "));
  const Answer large = client.ask(request_text("GET /file.bin"));
  CHECK((large.message.body == body));
}

TEST_CASE("probes speak TLS as traffic does, and say what is wrong") {
  TestAuthority authority;
  TlsNginx nginx(authority.issue("inner", "DNS:app.internal"));
  for (const std::string& type : {"tls"s, "http, path: /"s}) {
    INFO(type);
    const std::string health = "    health: { active: { type: " + type +
                               ", interval: 20ms, rise: 1, fall: 1, initial: down } }\n";
    const std::string settings = "ca: " + authority.ca() + ", server_name: ";
    LivePoise poise(simple_config({nginx.address()}, tls_of(settings + "app.internal") + health));
    CHECK(comes_true([&] { return ask(poise).status() == 200; }));
    LivePoise wrong(simple_config({nginx.address()}, tls_of(settings + "other.internal") + health));
    const auto line = wrong.process().standard_error().wait_for_line("hostname mismatch");
    CHECK(line.has_value());
  }
}

TEST_CASE("a pool that relays TLS is probed by terms of the probe's own") {
  TestAuthority authority;
  TlsNginx nginx(authority.issue("inner", "DNS:app.internal"));
  LivePoise poise(
      "listeners: [{ bind: 127.0.0.1:0, protocol: tls-passthrough, pool: app }]\n"
      "pools: { app: { backends: [\"" +
      nginx.address() +
      "\"], health: { active: { "
      "type: tls, interval: 20ms, fall: 1, tls: { ca: " +
      authority.ca() + ", server_name: other.internal } } } } }\n");
  CHECK(poise.process().standard_error().wait_for_line("hostname mismatch").has_value());
}
