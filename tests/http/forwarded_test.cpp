#include "proxy/http/forwarded.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace poise;

namespace {

const std::vector<net::Network> kTrusted{*net::Network::parse("10.0.0.0/8"),
                                         *net::Network::parse("fd00::/8")};

// A request from a peer, with fields.
struct Received {
  explicit Received(const std::string& from,
                    std::vector<std::pair<std::string, std::string>> given = {})
      : text(std::move(given)), peer(*net::Address::parse(from), kTrusted) {
    for (const auto& [name, value] : text) fields.add(arena, name, value);
  }

  http::ForwardedValues values(std::string_view host = "example.com") {
    return http::forwarded_values(arena, peer, fields, "http", host);
  }
  std::string client() const { return http::client_address(peer, fields, kTrusted).ip_text(); }

  std::vector<std::pair<std::string, std::string>> text;
  base::Arena arena;
  http::Fields fields;
  http::ForwardedPeer peer;
};

std::string client_behind(const std::string& list) {
  return Received("10.0.0.1:5", {{"X-Forwarded-For", list}}).client();
}

}  // namespace

TEST_CASE("what an untrusted peer claims is replaced") {
  Received received("192.0.2.1:1234", {{"X-Forwarded-For", "1.1.1.1"},
                                       {"X-Forwarded-Proto", "https"},
                                       {"X-Forwarded-Host", "evil.com"},
                                       {"Forwarded", "for=1.1.1.1"}});
  const auto values = received.values();
  CHECK(values.x_forwarded_for == "192.0.2.1");
  CHECK(values.x_forwarded_proto == "http");
  CHECK(values.x_forwarded_host == "example.com");
  CHECK(values.forwarded == "for=192.0.2.1;host=example.com;proto=http");
  CHECK(received.client() == "192.0.2.1");
}

TEST_CASE("a trusted peer's lists are appended to and its proto and host passed on") {
  Received received("10.0.0.1:1234", {{"X-Forwarded-For", "1.1.1.1"},
                                      {"X-Forwarded-Proto", "https"},
                                      {"x-forwarded-for", "2.2.2.2, 10.0.0.2"},
                                      {"X-Forwarded-Host", "www.example.com"},
                                      {"Forwarded", "for=1.1.1.1;proto=https"}});
  const auto values = received.values();
  CHECK(values.x_forwarded_for == "1.1.1.1, 2.2.2.2, 10.0.0.2, 10.0.0.1");
  CHECK(values.x_forwarded_proto == "https");
  CHECK(values.x_forwarded_host == "www.example.com");
  CHECK(values.forwarded == "for=1.1.1.1;proto=https, for=10.0.0.1;host=example.com;proto=http");
}

TEST_CASE("a trusted peer that says nothing is described like any other") {
  Received received("10.0.0.1:1234", {{"X-Forwarded-For", ""}, {"X-Forwarded-Proto", ""}});
  const auto values = received.values();
  CHECK(values.x_forwarded_for == "10.0.0.1");
  CHECK(values.x_forwarded_proto == "http");
  CHECK(values.x_forwarded_host == "example.com");
  CHECK(values.forwarded == "for=10.0.0.1;host=example.com;proto=http");
  CHECK(received.client() == "10.0.0.1");
}

TEST_CASE("IPv6 and ports are quoted in Forwarded and bare in X-Forwarded-For") {
  Received received("[2001:db8::1]:1234");
  const auto values = received.values("example.com:8080");
  CHECK(values.x_forwarded_for == "2001:db8::1");
  CHECK(values.forwarded == R"(for="[2001:db8::1]";host="example.com:8080";proto=http)");
  CHECK(Received("[::ffff:192.0.2.1]:1").values().forwarded ==
        "for=192.0.2.1;host=example.com;proto=http");
  CHECK(Received("192.0.2.1:1").values(R"(a"b\c)").forwarded ==
        R"(for=192.0.2.1;host="a\"b\\c";proto=http)");
}

TEST_CASE("a peer without an address is unknown and a request without a host names none") {
  Received received("unix:/run/x");
  const auto values = received.values("");
  CHECK(values.x_forwarded_for == "unknown");
  CHECK(values.x_forwarded_host.empty());
  CHECK(values.forwarded == "for=unknown;proto=http");
}

TEST_CASE("the client is the last untrusted address from the right") {
  CHECK(client_behind("1.1.1.1") == "1.1.1.1");
  CHECK(client_behind("1.1.1.1, 10.0.0.2") == "1.1.1.1");
  CHECK(client_behind("9.9.9.9, 1.1.1.1,10.0.0.2 , 10.0.0.3") == "1.1.1.1");
  CHECK(client_behind("10.0.0.2, 10.0.0.3") == "10.0.0.2");
  CHECK(client_behind("") == "10.0.0.1");
  CHECK(client_behind(" , ,1.1.1.1, ,") == "1.1.1.1");
}

TEST_CASE("the search for the client ends at what is no address") {
  CHECK(client_behind("1.1.1.1, unknown, 10.0.0.2") == "10.0.0.2");
  CHECK(client_behind("1.1.1.1, unix:/x") == "10.0.0.1");
  CHECK(client_behind("1.1.1.1, " + std::string(500, '1')) == "10.0.0.1");
  CHECK(client_behind("1.1.1.1, [::1") == "10.0.0.1");
}

TEST_CASE("the client may be written in any form proxies use") {
  CHECK(client_behind("1.1.1.1:443") == "1.1.1.1");
  CHECK(client_behind("2001:db8::1") == "2001:db8::1");
  CHECK(client_behind("[2001:db8::1]") == "2001:db8::1");
  CHECK(client_behind("2001:db8::1, [fd00::7]:80") == "2001:db8::1");
  CHECK(client_behind("2001:db8::1, ::ffff:10.0.0.9") == "2001:db8::1");
}

TEST_CASE("several fields are one list, read from the last") {
  const Received received(
      "10.0.0.1:5",
      {{"X-Forwarded-For", "1.1.1.1"}, {"X-Other", "3.3.3.3"}, {"X-Forwarded-For", "10.0.0.2"}});
  CHECK(received.client() == "1.1.1.1");
}
