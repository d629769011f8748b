// The PROXY protocol through the real program: headers it reads, headers it writes, and both with
// other programs.
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/proxied_backend.h"
#include "tests/support/proxy_header.h"
#include "tests/support/proxy_under_test.h"

using namespace poise::support;
using namespace std::string_literals;

namespace {

const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string kLine = "PROXY TCP4 192.0.2.7 198.51.100.2 56324 443\r\n";
const std::string kBinary =
    kSignature + "\x21\x11\0\x0c\xc0\0\x02\x07\xc6\x33\x64\x02\xdc\x04\x01\xbb"s;
const std::string kTrustLoopback = "trusted_proxies: [127.0.0.0/8]\n";
const std::string kLogged = kTrustLoopback + "log: { access: { to: stdout } }\n";

std::string listener(const std::string& mode) {
  return "    proxy_protocol: " + mode + "\n    timeouts: { handshake: 2s }\n";
}

std::string x_forwarded_for(ProxiedBackend& scene) {
  return scene.next_request().value("X-Forwarded-For");
}

// What the process logs of a refusal.
bool logs(LivePoise& poise, const std::string& words) {
  return poise.process().standard_error().wait_for_line(words).has_value();
}

// A backend that takes a header off each connection first.
BackendScript behind_header(SeenHeaders& seen,
                            std::string (*read)(const BlockingSocket&) = read_line_header) {
  BackendScript script = ordinary_script();
  script.on_accept = [&seen, read](BlockingSocket& socket) { seen.add(read(socket)); };
  return script;
}

std::uint16_t own_port(const RawClient& client) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  ::getsockname(const_cast<RawClient&>(client).socket().fd(), reinterpret_cast<sockaddr*>(&address),
                &length);
  return ntohs(address.sin_port);
}

}  // namespace

TEST_CASE("the client that a PROXY header names is the client everywhere") {
  ProxiedBackend scene(ordinary_script(), "", listener("require"), kLogged);
  for (const std::string& header : {kLine, kBinary}) {
    RawClient client = scene.client();
    REQUIRE(client.send(header + get_text("1")));
    CHECK(client.read_answer().status() == 200);
    CHECK(x_forwarded_for(scene) == "192.0.2.7");
    CHECK(client.ask(get_text("2")).status() == 200);
    CHECK(x_forwarded_for(scene) == "192.0.2.7");
  }
  const auto line = scene.poise.process().standard_output().wait_for_line("\"client\"");
  REQUIRE(line.has_value());
  CHECK(line->find(R"("client":"192.0.2.7")") != std::string::npos);
}

TEST_CASE("a client that a PROXY header names is judged by routes, allow and deny") {
  RecordingBackend backend;
  LivePoise poise(
      "trusted_proxies: [127.0.0.0/8]\n"
      "listeners:\n  - bind: 127.0.0.1:0\n    proxy_protocol: require\n    routes:\n"
      "      - { match: { source: [192.0.2.0/24] }, pool: app, deny: [192.0.2.9] }\n"
      "      - { respond: { status: 204 } }\n"
      "pools: { app: { backends: [\"" +
      backend.address() + "\"] } }\n");
  const auto status_for = [&](const std::string& ip) {
    RawClient client(poise.port());
    client.send("PROXY TCP4 " + ip + " 198.51.100.2 1 443\r\n" + get_text("1"));
    return client.read_answer().status();
  };
  CHECK(status_for("192.0.2.7") == 200);
  CHECK(status_for("192.0.2.9") == 403);
  CHECK(status_for("198.51.100.7") == 204);
}

TEST_CASE("a PROXY header may come byte by byte, and what follows it in any piece") {
  ProxiedBackend scene(ordinary_script(), "", listener("require"), kTrustLoopback);
  for (const std::string& header : {kLine, kBinary}) {
    RawClient client = scene.client();
    for (const char byte : header + get_text("1")) REQUIRE(client.send({&byte, 1}));
    CHECK(client.read_answer().status() == 200);
    CHECK(x_forwarded_for(scene) == "192.0.2.7");
  }
}

TEST_CASE("a proxy's own connection keeps the proxy's address") {
  ProxiedBackend scene(ordinary_script(), "", listener("require"), kTrustLoopback);
  for (const std::string& header :
       {"PROXY UNKNOWN\r\n"s, kSignature + "\x20\0\0\0"s, kSignature + "\x21\0\0\0"s}) {
    RawClient client = scene.client();
    REQUIRE(client.send(header + get_text("1")));
    CHECK(client.read_answer().status() == 200);
    CHECK(x_forwarded_for(scene) == "127.0.0.1");
  }
}

TEST_CASE("where a PROXY header is required nothing else passes") {
  ProxiedBackend scene(ordinary_script(), "", listener("require"), kTrustLoopback);
  for (const std::string& bytes :
       {get_text("1"), "PROXY TCP4 nonsense\r\n" + get_text("1"),
        kSignature + "\x21\x11\0\x04long"s, "PROXY UNKNOWN "s + std::string(200, 'x')}) {
    RawClient client = scene.client();
    REQUIRE(client.send(bytes));
    CHECK(client.is_closed_by_peer());
  }
  CHECK(logs(scene.poise, "no PROXY header (request_malformed)"));
  CHECK(scene.backend.request_count() == 0);
}

TEST_CASE("a proxy that sends no whole PROXY header in time is cut off") {
  ProxiedBackend scene(ordinary_script(), "",
                       "    proxy_protocol: require\n    timeouts: { handshake: 100ms }\n",
                       kTrustLoopback);
  for (const std::string& bytes : {""s, "PROXY TCP4 192.0"s}) {
    RawClient client = scene.client();
    REQUIRE((bytes.empty() || client.send(bytes)));
    CHECK(client.is_closed_by_peer());
  }
  CHECK(logs(scene.poise, "(header_timeout)"));
}

TEST_CASE("a PROXY header is optional where it is accepted") {
  ProxiedBackend scene(ordinary_script(), "", listener("accept"), kTrustLoopback);
  for (const std::string& header : {""s, kLine}) {
    RawClient client = scene.client();
    REQUIRE(client.send(header + get_text("1")));
    CHECK(client.read_answer().status() == 200);
    CHECK(x_forwarded_for(scene) == (header.empty() ? "127.0.0.1" : "192.0.2.7"));
  }
  RawClient slow = scene.client();  // its first byte could be that of a header
  REQUIRE(slow.send("P"));
  REQUIRE(slow.send(post_text("1", "body").substr(1)));
  CHECK(slow.read_answer().status() == 200);
}

TEST_CASE("only a trusted proxy may send a PROXY header") {
  const std::string others = "trusted_proxies: [192.0.2.0/24]\n";
  ProxiedBackend required(ordinary_script(), "", listener("require"), others);
  RawClient refused = required.client();
  CHECK(refused.is_closed_by_peer());
  CHECK(logs(required.poise, "not among the trusted proxies (denied)"));

  ProxiedBackend accepted(ordinary_script(), "", listener("accept"), others);
  RawClient direct = accepted.client();
  CHECK(direct.ask(get_text("1")).status() == 200);
  CHECK(x_forwarded_for(accepted) == "127.0.0.1");
  RawClient forged = accepted.client();
  CHECK(forged.ask(kLine + get_text("1")).status() >= 400);
  CHECK(accepted.backend.request_count() == 1);
}

TEST_CASE("a PROXY header comes by a Unix socket too, which its mode guards") {
  RecordingBackend backend;
  const ScratchFolder folder;
  LivePoise poise("listeners:\n  - bind: unix:" + folder.path("in.sock") +
                  "\n    proxy_protocol: require\n    pool: app\n" +
                  "pools: { app: { backends: [\"" + backend.address() + "\"] } }\n");
  RawClient client(folder.path("in.sock"));
  CHECK(client.ask(kLine + get_text("1")).status() == 200);
  std::vector<StrictMessage> requests;
  REQUIRE(comes_true([&] { return !(requests = backend.take_requests()).empty(); }));
  CHECK(requests.front().value("X-Forwarded-For") == "192.0.2.7");
}

TEST_CASE("backends are told the client by a PROXY header of version 1") {
  SeenHeaders seen;
  ProxiedBackend scene(behind_header(seen), "    proxy_protocol: v1\n");
  RawClient client = scene.client();
  CHECK(client.ask(get_text("1")).status() == 200);
  REQUIRE(seen.all().size() == 1);
  CHECK(seen.all()[0] == "PROXY TCP4 127.0.0.1 127.0.0.1 " + std::to_string(own_port(client)) +
                             " " + std::to_string(scene.poise.port()) + "\r\n");
}

TEST_CASE("a connection that names a client carries nobody else's requests") {
  SeenHeaders seen;
  ProxiedBackend scene(behind_header(seen), "    proxy_protocol: v1\n");
  RawClient first = scene.client();
  RawClient second = scene.client();
  for (int round = 0; round < 3; ++round) {
    CHECK(first.ask(get_text("1")).status() == 200);
    CHECK(second.ask(get_text("2")).status() == 200);
  }
  CHECK(scene.backend.accepted_count() == 2);
  RawClient third = scene.client();
  CHECK(third.ask(get_text("3")).status() == 200);
  const auto headers = seen.all();
  REQUIRE(headers.size() == 3);
  for (const RawClient* client : {&first, &second, &third}) {
    const std::string port = " " + std::to_string(own_port(*client)) + " ";
    CHECK(std::count_if(headers.begin(), headers.end(), [&](const std::string& header) {
            return header.find(port) != std::string::npos;
          }) == 1);
  }
}

TEST_CASE("a client in line gets no connection that names another") {
  SeenHeaders seen;
  ProxiedBackend scene(behind_header(seen),
                       "    proxy_protocol: v1\n    connections: { max: 1 }\n");
  RawClient first = scene.client();
  RawClient second = scene.client();
  for (int round = 0; round < 3; ++round) {
    REQUIRE(first.send(get_text("1")));
    REQUIRE(second.send(get_text("2")));
    CHECK(first.read_answer().status() == 200);
    CHECK(second.read_answer().status() == 200);
  }
  CHECK(seen.all().size() == scene.backend.accepted_count());
  CHECK(scene.backend.take_faults().empty());
}

TEST_CASE("a PROXY header is passed on from one proxy to the next") {
  SeenHeaders seen;
  ProxiedBackend scene(behind_header(seen), "    proxy_protocol: v1\n", listener("require"),
                       kTrustLoopback);
  RawClient client = scene.client();
  CHECK(client.ask(kBinary + get_text("1")).status() == 200);
  REQUIRE(seen.all().size() == 1);
  CHECK(seen.all()[0] == kLine);
}

TEST_CASE("probes begin as the pool's connections do, on nobody's behalf") {
  SeenHeaders seen;
  ProxiedBackend scene(behind_header(seen, read_binary_header),
                       "    proxy_protocol: v2\n    health: { active: { interval: 20ms } }\n");
  REQUIRE(comes_true([&] { return !seen.all().empty(); }));
  CHECK(seen.all()[0] == kSignature + "\x20\0\0\0"s);
  CHECK(scene.client().ask(get_text("1")).status() == 200);
}

TEST_CASE("TCP backends are told the client and the connection's id") {
  SeenHeaders seen;
  BackendScript script = behind_header(seen, read_binary_header);
  RecordingBackend backend(script);
  LivePoise poise(
      "log: { access: { to: stdout } }\n"
      "listeners:\n  - bind: 127.0.0.1:0\n    protocol: tcp\n    pool: app\n"
      "pools:\n  app:\n    proxy_protocol: v2\n    backends: [\"" +
      backend.address() + "\"]\n");
  {
    RawClient client(poise.port());
    CHECK(client.ask(get_text("1")).status() == 200);
  }
  REQUIRE(seen.all().size() == 1);
  const std::string id = extension_of(seen.all()[0], '\x05');
  CHECK(id.size() == 16);
  CHECK(poise.process().standard_output().wait_for_line("\"id\":\"" + id + "\"").has_value());
}

TEST_CASE("curl's PROXY header names curl as the client") {
  REQUIRE(is_installed("curl"));
  ProxiedBackend scene(ordinary_script(), "", listener("require"), kTrustLoopback);
  ChildProcess curl({"curl", "-sS", "--haproxy-protocol", "--max-time", "20", "-H", "X-Id: 1",
                     "http://127.0.0.1:" + std::to_string(scene.poise.port()) + "/a"});
  CHECK(curl.wait_for_exit() == 0);
  CHECK(x_forwarded_for(scene) == "127.0.0.1");
}

TEST_CASE("nginx behind poise believes its PROXY headers of both versions") {
  REQUIRE(is_installed("nginx"));
  for (const char* version : {"v1", "v2"}) {
    ScratchFolder folder;
    const std::uint16_t port = unused_port();
    const auto nginx =
        start_nginx(folder, "server { listen 127.0.0.1:" + std::to_string(port) +
                                " proxy_protocol; location / { return 200 "
                                "\"$proxy_protocol_addr $proxy_protocol_port\"; } }\n");
    REQUIRE(is_listening(port));
    LivePoise poise(simple_config({"127.0.0.1:" + std::to_string(port)},
                                  "    proxy_protocol: "s + version + "\n", listener("require"),
                                  kTrustLoopback));
    RawClient client(poise.port());
    const Answer answer = client.ask(kLine + get_text("1"));
    CHECK(answer.status() == 200);
    CHECK(answer.message.body == "192.0.2.7 56324");
  }
}

TEST_CASE("HAProxy before poise and behind it agrees about the client") {
  REQUIRE(is_installed("haproxy"));
  for (const std::string version : {"", "-v2"}) {
    RecordingBackend backend;
    ScratchFolder folder;
    const std::uint16_t front = unused_port();
    const std::uint16_t behind = unused_port();
    LivePoise poise(
        simple_config({"127.0.0.1:" + std::to_string(behind)},
                      version.empty() ? "    proxy_protocol: v1\n" : "    proxy_protocol: v2\n",
                      listener("require"), kTrustLoopback));
    const std::string file = folder.write(
        "haproxy.cfg",
        "defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n"
        "listen front\n mode tcp\n bind 127.0.0.1:" +
            std::to_string(front) + "\n server poise 127.0.0.1:" + std::to_string(poise.port()) +
            " send-proxy" + version + "\nlisten behind\n bind 127.0.0.1:" + std::to_string(behind) +
            " accept-proxy\n http-request set-header X-Seen %[src]:%[src_port]\n server back " +
            backend.address() + "\n");
    ChildProcess haproxy({"haproxy", "-db", "-f", file});
    REQUIRE(is_listening(behind));
    REQUIRE(is_listening(front));
    RawClient client(front);
    CHECK(client.ask(get_text("1")).status() == 200);
    std::vector<StrictMessage> requests;
    REQUIRE(comes_true([&] { return !(requests = backend.take_requests()).empty(); }));
    CHECK(requests.front().value("X-Seen") == "127.0.0.1:" + std::to_string(own_port(client)));
  }
}
