// TLS towards clients through the real program, asked by openssl and curl.
#include <catch2/catch.hpp>

#include "tests/support/scraped_metrics.h"
#include "tests/support/secured_poise.h"

using namespace poise::support;

namespace {

bool is_reused(const std::string& said) { return holds(said, "\nReused, "); }

std::string subject_in(const std::string& said) {
  const auto at = said.find("subject=CN = ");
  if (at == std::string::npos) return "none";
  return said.substr(at + 13, said.find('\n', at) - at - 13);
}

}  // namespace

TEST_CASE("tls live: requests come in by 1.2 and 1.3, and backends hear that it was https") {
  SecuredPoise scene;
  scene.start(scene.certificates_of({scene.made.make("a.test")}));
  for (const std::string version : {"1.2", "1.3"}) {
    const auto answer =
        curl_tls(scene.port(), {"--tls-max", version, "--tlsv" + version, "-H", "X-Id: one"});
    INFO(answer.error);
    CHECK(answer.exit_code == 0);
    CHECK(holds(answer.output, "HTTP/1.1 200 OK"));
    const StrictMessage request = scene.next_request();
    CHECK(request.value("X-Forwarded-Proto") == "https");
    CHECK(holds(request.value("Forwarded"), ";proto=https"));
    const std::string line = scene.log_line("\"tls\":\"TLSv" + version + "\"");
    CHECK(holds(line, "\"t_tls\":"));
  }
}

TEST_CASE("tls live: the time of the handshake stands in the log for the first request only") {
  SecuredPoise scene;
  scene.start(scene.certificates_of({scene.made.make("a.test")}));
  const std::string url = "https://127.0.0.1:" + std::to_string(scene.port()) + "/second";
  CHECK(curl_tls(scene.port(), {url}).exit_code == 0);
  CHECK(holds(scene.log_line("\"path\":\"/second\""), "\"t_tls\":"));
  const std::string second = scene.log_line("\"path\":\"/\"");
  CHECK(holds(second, "\"tls\":\"TLSv1.3\""));
  CHECK_FALSE(holds(second, "\"t_tls\":"));
}

TEST_CASE("tls live: the certificate follows the name that is asked for") {
  SecuredPoise scene;
  scene.start(
      scene.certificates_of({scene.made.make("first.test"), scene.made.make("*.example.test"),
                             scene.made.make("a.example.test")}));
  const auto subject_for = [&](const std::string& name) {
    return subject_in(s_client(scene.port(), " -servername " + name));
  };
  CHECK(subject_for("a.example.test") == "a.example.test");
  CHECK(subject_for("b.example.test") == "*.example.test");
  CHECK(subject_for("else.test") == "first.test");
  CHECK(subject_in(s_client(scene.port(), " -noservername")) == "first.test");
}

TEST_CASE("tls live: where unknown names are refused, nobody gets the first certificate for them") {
  SecuredPoise scene;
  scene.start(scene.certificates_of({scene.made.make("a.test")}) + ", unknown_name: reject");
  CHECK(subject_in(s_client(scene.port(), " -servername a.test")) == "a.test");
  CHECK(holds(s_client(scene.port(), " -servername b.test"), "unrecognized name"));
  CHECK(holds(scene.log_line("\"phase\":\"tls\""), "\"cause\":\"denied\""));
}

TEST_CASE("tls live: RSA and ECDSA for one name, each for whom can verify it") {
  SecuredPoise scene;
  scene.start(scene.certificates_of({scene.made.make_rsa("a.test"), scene.made.make("a.test")}));
  CHECK(holds(s_client(scene.port(), " -servername a.test -sigalgs ECDSA+SHA256"),
              "Peer signature type: ECDSA"));
  CHECK(holds(s_client(scene.port(), " -servername a.test -sigalgs RSA-PSS+SHA256"),
              "Peer signature type: RSA-PSS"));
}

TEST_CASE("tls live: sessions are resumed by every worker, before and after a reload") {
  SecuredPoise scene;
  const std::string tls = scene.certificates_of({scene.made.make("a.test")});
  scene.start(tls);
  const std::string session = scene.made.folder().path("session");
  for (const std::string version : {" -tls1_2", " -tls1_3"}) {
    CHECK_FALSE(is_reused(s_client(scene.port(), version + " -sess_out " + session)));
    for (int i = 0; i < 6; ++i) {
      CHECK(is_reused(s_client(scene.port(), version + " -sess_in " + session)));
    }
    CHECK(
        holds(scene.poise->reload(scene.config(tls, "    limits: { headers: 50 }\n")), "reloaded"));
    CHECK(is_reused(s_client(scene.port(), version + " -sess_in " + session)));
  }
}

TEST_CASE("tls live: two processes with one file of ticket keys resume each other's sessions") {
  SecuredPoise one, other;
  const CertificateFiles files = one.made.make("a.test");
  const std::string keys = one.made.folder().write("keys", std::string(160, 'k'));
  const std::string session = one.made.folder().path("session");
  one.start(one.certificates_of({files}) + ", ticket_keys: " + keys);
  other.start(one.certificates_of({files}) + ", ticket_keys: " + keys);
  for (const std::string version : {" -tls1_2", " -tls1_3"}) {
    CHECK_FALSE(is_reused(s_client(one.port(), version + " -sess_out " + session)));
    CHECK(is_reused(s_client(other.port(), version + " -sess_in " + session)));
  }
  // Replaced keys open nothing any more.
  one.made.folder().write("keys", std::string(80, 'x'));
  CHECK(comes_true(
      [&] { return !is_reused(s_client(other.port(), " -tls1_2 -sess_in " + session)); }));
}

TEST_CASE("tls live: without a shared file, another process' sessions are simply new ones") {
  SecuredPoise one, other;
  const CertificateFiles files = one.made.make("a.test");
  const std::string session = one.made.folder().path("session");
  one.start(one.certificates_of({files}));
  other.start(one.certificates_of({files}));
  (void)s_client(one.port(), " -sess_out " + session);
  const std::string said = s_client(other.port(), " -sess_in " + session);
  CHECK_FALSE(is_reused(said));
  CHECK(holds(said, "HTTP/1.1 200 OK"));
}

TEST_CASE("tls live: client certificates are asked for, judged, and told to the backend") {
  SecuredPoise scene;
  const CertificateFiles authority = scene.made.make_authority("authority");
  const CertificateFiles ann = scene.made.make_signed("ann", authority);
  const CertificateFiles stranger = scene.made.make("stranger");
  scene.start(
      scene.certificates_of({scene.made.make("a.test")}) +
      ", client_auth: required, client_certificate_headers: true, client_ca: " + authority.cert);
  const auto accepted =
      curl_tls(scene.port(), {"--cert", ann.cert, "--key", ann.key, "-H",
                              "X-Client-Cert-Subject: CN=root", "-H", "x_client_cert_san: x"});
  INFO(accepted.error);
  CHECK(accepted.exit_code == 0);
  const StrictMessage request = scene.next_request();
  CHECK(request.value("X-Client-Cert-Subject") == "CN=ann");
  CHECK(request.value("X-Client-Cert-San") == "DNS:ann");
  CHECK(request.value("X-Client-Cert-Fingerprint").size() == 64);
  CHECK(request.value("x_client_cert_san").empty());
  CHECK(holds(scene.log_line("\"client_cert\":\"CN=ann\""), "\"status\":200"));
  CHECK(curl_tls(scene.port()).exit_code != 0);
  CHECK(curl_tls(scene.port(), {"--cert", stranger.cert, "--key", stranger.key}).exit_code != 0);
  CHECK(holds(scene.log_line("\"phase\":\"tls\""), "\"cause\":\"denied\""));
}

TEST_CASE("tls live: where a client certificate is optional, a bad one is refused all the same") {
  SecuredPoise scene;
  const CertificateFiles authority = scene.made.make_authority("authority");
  const CertificateFiles stranger = scene.made.make("stranger");
  scene.start(
      scene.certificates_of({scene.made.make("a.test")}) +
      ", client_auth: optional, client_certificate_headers: true, client_ca: " + authority.cert);
  CHECK(curl_tls(scene.port(), {"-H", "X-Client-Cert-Subject: CN=root"}).exit_code == 0);
  CHECK(scene.next_request().value("X-Client-Cert-Subject").empty());
  CHECK(curl_tls(scene.port(), {"--cert", stranger.cert, "--key", stranger.key}).exit_code != 0);
}

TEST_CASE("tls live: versions and ciphers are those of the configuration") {
  SecuredPoise scene;
  const std::string certificates = scene.certificates_of({scene.made.make("a.test")});
  scene.start(certificates + ", min_version: \"1.3\"");
  CHECK(holds(s_client(scene.port(), " -tls1_2"), "alert protocol version"));
  CHECK(holds(s_client(scene.port(), " -tls1_3"), "New, TLSv1.3"));
  SecuredPoise other;
  other.start(certificates + ", ciphers: ECDHE-ECDSA-AES256-GCM-SHA384");
  CHECK(holds(s_client(other.port(), " -tls1_2"), "Cipher is ECDHE-ECDSA-AES256-GCM-SHA384"));
  CHECK(holds(s_client(other.port(), " -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256"),
              "handshake failure"));
  CHECK(
      holds(s_client(other.port(), " -tls1_1 -cipher ALL:@SECLEVEL=0"), "alert protocol version"));
  CHECK(holds(s_client(other.port(), " -alpn h2"), "no application protocol"));
  CHECK(holds(s_client(other.port(), " -alpn h2,http/1.1"), "ALPN protocol: http/1.1"));
}

TEST_CASE("tls live: HTTP without TLS gets a 400 that says so") {
  SecuredPoise scene;
  scene.start(scene.certificates_of({scene.made.make("a.test")}));
  RawClient client(scene.port());
  const Answer answer = client.ask(get_text("plain"));
  CHECK(answer.status() == 400);
  CHECK(holds(answer.message.body, "this port speaks HTTPS"));
  CHECK(client.is_closed_by_peer());
  CHECK(holds(scene.log_line("\"phase\":\"tls\""), "\"cause\":\"request_malformed\""));
}

TEST_CASE("tls live: broken, oversized and silent handshakes end, and are logged") {
  SecuredPoise scene;
  scene.start(scene.certificates_of({scene.made.make("a.test")}),
              "    timeouts: { handshake: 300ms }\n");
  const std::string hello = std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\xff\xff\x01", 6) + std::string(20000, 'x'),  // over 16 KiB
        std::string(100, '\0'), std::string("SSH-2.0-x\r\n"), hello + std::string(600, '\xff')}) {
    RawClient client(scene.port());
    client.send(bytes);
    CHECK(comes_true([&] {
      std::string some;
      const ReadEnd end = client.socket().read_some(some, Deadline(Milliseconds(2000)));
      return end == ReadEnd::closed || end == ReadEnd::reset;
    }));
  }
  RawClient silent(scene.port());
  CHECK(silent.is_closed_by_peer());
  CHECK(holds(scene.log_line("request_timeout"), "\"phase\":\"tls\""));
  CHECK(curl_tls(scene.port()).exit_code == 0);
}

TEST_CASE("tls live: a client that asks to renegotiate is not served that") {
  SecuredPoise scene;
  scene.start(scene.certificates_of({scene.made.make("a.test")}),
              "    timeouts: { header: 500ms }\n");
  // A line with R alone is s_client's word for it.
  const std::string said = s_client(scene.port(), " -tls1_2 -no_ign_eof", "R\\n");
  CHECK_FALSE(holds(said, "HTTP/1.1 200"));
  CHECK(curl_tls(scene.port()).exit_code == 0);
}

TEST_CASE("tls live: an OCSP response is stapled to its certificate") {
  SecuredPoise scene;
  const CertificateFiles authority = scene.made.make_authority("authority");
  const CertificateFiles files = scene.made.make_signed("a.test", authority);
  const std::string ocsp = scene.made.make_ocsp(files, authority);
  scene.start("certificates: [{ cert: " + files.cert + ", key: " + files.key + ", ocsp: " + ocsp +
              " }]");
  CHECK(holds(s_client(scene.port(), " -status"), "OCSP Response Status: successful"));
}

TEST_CASE("tls live: large bodies pass both ways unharmed") {
  RecordingBackend backend(answering(
      [](const StrictMessage& request) { return plain_reply(request.body + request.body); }));
  Certificates made;
  const CertificateFiles files = made.make("a.test");
  LivePoise poise("workers: 1\nlisteners:\n  - bind: 127.0.0.1:0\n    tls: { certificates: [" +
                  in_yaml(files) + "] }\n    pool: app\npools:\n  app:\n    backends: [\"" +
                  backend.address() + "\"]\n");
  std::string body(3 << 20, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i * 7 % 26);
  const std::string file = made.folder().write("body", body);
  const auto answer = curl_tls(poise.port(), {"--data-binary", "@" + file, "-H", "Expect:"});
  CHECK(answer.exit_code == 0);
  CHECK(answer.output.ends_with("\r\n\r\n" + body + body));
}

TEST_CASE("tls live: a listener of TCP takes TLS off, and logs it") {
  RecordingBackend backend(ordinary_script());
  Certificates made;
  const CertificateFiles files = made.make("a.test");
  LivePoise poise(
      "workers: 1\nlog: { access: { to: stdout } }\nlisteners:\n  - bind: 127.0.0.1:0\n"
      "    protocol: tcp\n    tls: { certificates: [" +
      in_yaml(files) + "], alpn: [x] }\n    pool: app\npools:\n  app:\n    backends: [\"" +
      backend.address() + "\"]\n");
  CHECK(holds(s_client(poise.port(), " -no_ign_eof -alpn y,x"), "ALPN protocol: x"));
  CHECK(holds(curl_tls(poise.port(), {"--no-alpn"}).output, "HTTP/1.1 200 OK"));
  const auto line = poise.process().standard_output().wait_for_line("\"proto\":\"tcp\"");
  REQUIRE(line);
  CHECK(holds(*line, "\"tls\":\"TLSv1.3\""));
  CHECK(holds(*line, "\"t_tls\":"));
}

TEST_CASE("tls live: one word sends the clients of a plain listener to https") {
  LivePoise poise("workers: 1\nlisteners:\n  - bind: 127.0.0.1:0\n    redirect: https:8443\n");
  RawClient client(poise.port());
  const Answer answer =
      client.ask("POST /a?b=c HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n");
  CHECK(answer.status() == 308);
  CHECK(answer.message.value("Location") == "https://a.test:8443/a?b=c");
}

TEST_CASE("tls live: handshakes are counted by their result, and a certificate's end can be seen") {
  SecuredPoise scene;
  const std::string tls = scene.certificates_of({scene.made.make("a.test")});
  scene.start(tls, "", kAdminConfig);
  const std::uint16_t admin = admin_port(*scene.poise);
  const std::uint16_t port = scene.port();
  const std::string session = scene.made.folder().path("session");
  (void)s_client(port, " -sess_out " + session);
  (void)s_client(port, " -sess_in " + session);
  RawClient(port).ask(get_text("plain"));
  const auto results = [&](const std::string& result) {
    return ScrapedMetrics(
        admin)["poise_tls_handshakes_total{listener=\"web\",result=\"" + result + "\"}"];
  };
  CHECK(comes_true([&] { return results("ok") == 2 && results("plain_http") == 1; }));
  const ScrapedMetrics metrics(admin);
  CHECK(metrics["poise_tls_resumed_total{listener=\"web\"}"] == 1);
  const double left =
      metrics["poise_tls_certificate_expiry_seconds{listener=\"web\",name=\"a.test\"}"];
  CHECK(left > 29.0 * 24 * 3600);
  CHECK(left <= 30.0 * 24 * 3600);
}
