// TLS that passes through the real program, with openssl and curl at its ends.
#include <catch2/catch.hpp>

#include "tests/support/hello_text.h"
#include "tests/support/live_poise.h"
#include "tests/support/proxy_header.h"
#include "tests/support/proxy_under_test.h"
#include "tests/support/raw_client.h"
#include "tests/support/recording_backend.h"

using namespace poise::support;
using namespace std::string_literals;

namespace {

// `openssl s_server` with a certificate of its own for a name, as a web server that tells of
// itself.
class TlsServer {
 public:
  TlsServer(const ScratchFolder& folder, const std::string& name)
      : port_(unused_port()),
        certificate_(folder.path(name + ".pem")),
        process_(start(folder, name)) {
    REQUIRE(is_listening(port_));
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  const std::string& certificate() const { return certificate_; }

 private:
  std::vector<std::string> start(const ScratchFolder& folder, const std::string& name) {
    const std::string key = folder.path(name + ".key");
    ChildProcess maker({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout", key, "-out",
                        certificate_, "-subj", "/CN=" + name, "-addext",
                        "subjectAltName=DNS:" + name});
    REQUIRE(maker.wait_for_exit() == 0);
    return {"openssl", "s_server", "-accept",    address(), "-www",        "-key",
            key,       "-cert",    certificate_, "-alpn",   "h2,http/1.1", "-quiet"};
  }

  std::uint16_t port_;
  std::string certificate_;
  ChildProcess process_;
};

int curl_exit(const std::string& name, std::uint16_t port, const std::string& certificate) {
  const std::string place = name + ":" + std::to_string(port);
  ChildProcess curl({"curl", "-sS", "-o", "/dev/null", "--max-time", "20", "--http1.1", "--cacert",
                     certificate, "--resolve", place + ":127.0.0.1", "https://" + place + "/"});
  return curl.wait_for_exit(Deadline(Milliseconds(20000))).value_or(-1);
}

// Routes by name and protocol to pools a and b of one backend each.
std::string passthrough_config(const std::string& a, const std::string& b,
                               const std::string& pool = "") {
  return "log: { access: { to: stdout } }\n"
         "listeners:\n"
         "  - bind: 127.0.0.1:0\n"
         "    protocol: tls-passthrough\n"
         "    timeouts: { handshake: 2s }\n"
         "    routes:\n"
         "      - { name: one, match: { sni: a.example.test }, pool: a }\n"
         "      - { name: closed, match: { sni: closed.example.test }, pool: a, allow: [192.0.2.1] "
         "}\n"
         "      - { name: rest, match: { sni: \"*.example.test\" }, pool: b }\n"
         "      - { name: mail, match: { alpn: [imap, smtp] }, pool: b }\n"
         "pools:\n"
         "  a: { backends: [\"" +
         a + "\"]" + pool +
         " }\n"
         "  b: { backends: [\"" +
         b + "\"]" + pool + " }\n";
}

// Reads a ClientHello's record off a connection and answers with a word.
class HelloBackend {
 public:
  explicit HelloBackend(std::string word, bool has_header = false)
      : word_(std::move(word)), has_header_(has_header), thread_([this] { run(); }) {}
  ~HelloBackend() {
    listener_.shut_down();
    thread_.join();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(listener_.port()); }

  SeenHeaders headers;
  SeenHeaders records;

 private:
  void run() {
    while (true) {
      BlockingSocket socket = listener_.accept();
      if (!socket.is_open()) return;
      if (has_header_) headers.add(read_binary_header(socket));
      std::string record = read_exactly(socket, 5);
      if (record.size() == 5) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(record[i]); };
        record += read_exactly(socket, std::size_t{byte(3)} << 8 | byte(4));
      }
      records.add(record);
      socket.send(word_);
    }
  }

  std::string word_;
  bool has_header_;
  ListeningSocket listener_;
  std::thread thread_;
};

std::string answer_to(LivePoise& poise, std::string_view hello, std::size_t size) {
  RawClient client(poise.port());
  REQUIRE(client.send(hello));
  return client.read_bytes(size);
}

const std::string kUnrecognizedName = "\x15\x03\x03\0\x02\x02\x70"s;
const std::string kAccessDenied = "\x15\x03\x03\0\x02\x02\x31"s;
const std::string kUnexpectedMessage = "\x15\x03\x03\0\x02\x02\x0a"s;
const std::string kDecodeError = "\x15\x03\x03\0\x02\x02\x32"s;

}  // namespace

TEST_CASE("curl meets the server whose name it asks for, with that server's certificate") {
  REQUIRE(is_installed("curl"));
  REQUIRE(is_installed("openssl"));
  ScratchFolder folder;
  TlsServer a(folder, "a.example.test");
  TlsServer b(folder, "b.example.test");
  LivePoise poise(passthrough_config(a.address(), b.address()));
  CHECK(curl_exit("a.example.test", poise.port(), a.certificate()) == 0);
  CHECK(curl_exit("b.example.test", poise.port(), b.certificate()) == 0);
  CHECK(curl_exit("b.example.test", poise.port(), a.certificate()) != 0);
  CHECK(curl_exit("unknown.test", poise.port(), a.certificate()) == 35);  // TLS refused
  const auto line = poise.process().standard_output().wait_for_line(R"("sni":"b.example.test")");
  REQUIRE(line.has_value());
  CHECK(line->find(R"("route":"rest","pool":"b")") != std::string::npos);
  CHECK(line->find(R"("proto":"tcp")") != std::string::npos);
}

TEST_CASE(
    "connections go by the name and the protocols of their ClientHello, which arrives whole") {
  HelloBackend a("A");
  HelloBackend b("B");
  LivePoise poise(passthrough_config(a.address(), b.address()));
  const std::string hello = client_hello("A.example.test");
  CHECK(answer_to(poise, hello, 1) == "A");
  CHECK(a.records.all().front() == hello);
  CHECK(answer_to(poise, client_hello("x.y.example.test"), 1) == "B");
  CHECK(answer_to(poise, client_hello("elsewhere.test", {"h2", "smtp"}), 1) == "B");
}

TEST_CASE("a ClientHello may come byte by byte and in many records") {
  HelloBackend a("A");
  HelloBackend b("B");
  LivePoise poise(passthrough_config(a.address(), b.address()));
  const std::string message = hello_message(server_name("a.example.test"));
  RawClient client(poise.port());
  for (const char byte : records_of(message, 3)) REQUIRE(client.send({&byte, 1}));
  CHECK(client.read_bytes(1) == "A");
}

TEST_CASE("a client that no route takes is told so in TLS") {
  HelloBackend a("A");
  LivePoise poise(passthrough_config(a.address(), a.address()));
  CHECK(answer_to(poise, client_hello("example.test"), 8) == kUnrecognizedName);
  CHECK(answer_to(poise, client_hello(""), 8) == kUnrecognizedName);
  CHECK(answer_to(poise, client_hello("other.test", {"h2"}), 8) == kUnrecognizedName);
  CHECK(answer_to(poise, client_hello("closed.example.test"), 8) == kAccessDenied);
  auto& log = poise.process().standard_output();
  const auto line = log.wait_for_line(R"("sni":"example.test")");
  REQUIRE(line.has_value());
  CHECK(line->find(R"("cause":"no_route","phase":"tls")") != std::string::npos);
  CHECK(log.wait_for_line(R"("cause":"denied","phase":"tls")").has_value());
}

TEST_CASE("what is no ClientHello is refused, and logged once") {
  HelloBackend a("A");
  LivePoise poise(passthrough_config(a.address(), a.address()));
  CHECK(answer_to(poise, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 8) == kUnexpectedMessage);
  CHECK(answer_to(poise, record_of(message_of("")), 8) == kDecodeError);
  auto& log = poise.process().standard_output();
  CHECK(log.wait_for_line(R"("cause":"request_malformed","phase":"tls")", 1).has_value());
}

TEST_CASE("a ClientHello that does not come whole in time is cut off") {
  HelloBackend a("A");
  const std::string hello = client_hello("a.example.test");
  LivePoise poise(
      "log: { access: { to: stdout } }\n"
      "listeners: [{ bind: 127.0.0.1:0, protocol: tls-passthrough, pool: a, "
      "timeouts: { handshake: 100ms } }]\npools: { a: { backends: [\"" +
      a.address() + "\"] } }\n");
  for (const std::string& part : {""s, hello.substr(0, 40)}) {
    RawClient client(poise.port());
    REQUIRE((part.empty() || client.send(part)));
    CHECK(client.is_closed_by_peer());
  }
  auto& log = poise.process().standard_output();
  CHECK(log.wait_for_line(R"("cause":"header_timeout","phase":"tls")", 1).has_value());
}

TEST_CASE("a client that only looks whether the port is open leaves no trace") {
  HelloBackend a("A");
  LivePoise poise(passthrough_config(a.address(), a.address()));
  { RawClient looker(poise.port()); }
  CHECK(answer_to(poise, client_hello("a.example.test"), 1) == "A");
  auto& log = poise.process().standard_output();
  REQUIRE(log.wait_for_line("\"sni\"").has_value());
  CHECK(log.lines().size() == 1);
}

TEST_CASE("a backend behind passed-through TLS is told the client and the name") {
  HelloBackend a("A", true);
  LivePoise poise(passthrough_config(a.address(), a.address(), ", proxy_protocol: v2"));
  CHECK(answer_to(poise, client_hello("b.example.test"), 1) == "A");
  REQUIRE(a.headers.all().size() == 1);
  CHECK(extension_of(a.headers.all().front(), '\x02') == "b.example.test");
  CHECK(a.records.all().front() == client_hello("b.example.test"));
}

TEST_CASE("a refused connect is tried elsewhere with the same ClientHello") {
  HelloBackend a("A");
  RefusingPort nobody;
  LivePoise poise(
      "listeners: [{ bind: 127.0.0.1:0, protocol: tls-passthrough, pool: a }]\n"
      "pools: { a: { backends: [\"" +
      nobody.address() + "\", \"" + a.address() + "\"] } }\n");
  for (int i = 0; i < 3; ++i) CHECK(answer_to(poise, client_hello("a.test"), 1) == "A");
}

TEST_CASE("connections of one name meet at one backend where the pool hashes by SNI") {
  HelloBackend a("A");
  HelloBackend b("B");
  LivePoise poise(
      "listeners: [{ bind: 127.0.0.1:0, protocol: tls-passthrough, pool: a }]\n"
      "pools: { a: { balance: { strategy: maglev, key: sni }, backends: [\"" +
      a.address() + "\", \"" + b.address() + "\"] } }\n");
  std::string seen;
  for (int i = 0; i < 12; ++i) {
    const std::string hello = client_hello("host-" + std::to_string(i) + ".test");
    const std::string first = answer_to(poise, hello, 1);
    CHECK(answer_to(poise, hello, 1) == first);
    seen += first;
  }
  CHECK(seen.find('A') != std::string::npos);
  CHECK(seen.find('B') != std::string::npos);
}
