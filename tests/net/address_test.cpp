#include "proxy/net/address.h"

#include <catch2/catch.hpp>
#include <cstddef>
#include <string>

using poise::net::Address;
using poise::net::Network;

namespace {

Address address(const std::string& text) {
  const auto parsed = Address::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

Network network(const std::string& text) {
  const auto parsed = Network::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("an address reads back as it was written") {
  for (const std::string text : {"127.0.0.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:8443",
                                 "[2001:db8::a]:1", "[::ffff:10.1.2.3]:9", "unix:/run/app.sock"}) {
    INFO(text);
    CHECK(address(text).text() == text);
    CHECK(address(address(text).text()) == address(text));
  }
}

TEST_CASE("text that is no address is refused") {
  for (const std::string text : {"",
                                 ":",
                                 "127.0.0.1",
                                 "127.0.0.1:",
                                 "127.0.0.1:65536",
                                 "127.0.0.1:-1",
                                 "127.0.0.1:+1",
                                 "127.0.0.1: 80",
                                 "127.0.0.1:80x",
                                 "127.0.0:80",
                                 "1.2.3.4.5:80",
                                 "256.0.0.1:80",
                                 "::1:80",
                                 "[::1]",
                                 "[::1:80",
                                 "::1]:80",
                                 "[]:80",
                                 "[127.0.0.1]:80",
                                 "[:]:1",
                                 "app.internal:8080",
                                 "localhost:80",
                                 "unix:",
                                 "unix",
                                 ":80"}) {
    INFO(text);
    CHECK_FALSE(Address::parse(text));
  }
  CHECK_FALSE(Address::parse(std::string("127.0.0.1\0x:80", 14)));
  CHECK_FALSE(Address::parse(std::string("unix:/a\0b", 9)));
}

TEST_CASE("a bare port is the any-address where a wildcard is allowed") {
  const auto any = Address::parse(":8080", Address::Wildcard::allowed);
  REQUIRE(any);
  CHECK(any->family() == AF_INET6);
  CHECK(any->port() == 8080);
  CHECK(any->text() == "[::]:8080");
  CHECK_FALSE(Address::parse(":", Address::Wildcard::allowed));
}

TEST_CASE("a unix path must fit with its terminator") {
  const std::size_t room = sizeof(sockaddr_un{}.sun_path);
  CHECK(Address::parse("unix:" + std::string(room - 1, 'x')));
  CHECK_FALSE(Address::parse("unix:" + std::string(room, 'x')));
}

TEST_CASE("an address knows its family, port and length") {
  CHECK(address("127.0.0.1:80").family() == AF_INET);
  CHECK(address("127.0.0.1:80").port() == 80);
  CHECK(address("[::1]:443").family() == AF_INET6);
  CHECK(address("[::1]:443").port() == 443);
  CHECK(address("unix:/x").is_unix());
  CHECK(address("unix:/x").port() == 0);
  CHECK(address("unix:/x").length() == offsetof(sockaddr_un, sun_path) + 3);
  CHECK(Address().text().empty());
}

TEST_CASE("ip_text has no port and shows a mapped address as IPv4") {
  CHECK(address("10.0.0.1:80").ip_text() == "10.0.0.1");
  CHECK(address("[2001:db8::1]:80").ip_text() == "2001:db8::1");
  CHECK(address("[::ffff:10.0.0.1]:80").ip_text() == "10.0.0.1");
  CHECK(address("unix:/x").ip_text() == "unix");
}

TEST_CASE("addresses are equal by family, address and port") {
  CHECK(address("10.0.0.1:80") == address("10.0.0.1:80"));
  CHECK_FALSE(address("10.0.0.1:80") == address("10.0.0.1:81"));
  CHECK_FALSE(address("10.0.0.1:80") == address("10.0.0.2:80"));
  CHECK_FALSE(address("[::ffff:10.0.0.1]:80") == address("10.0.0.1:80"));
  CHECK_FALSE(address("[::1]:80") == address("[::2]:80"));
  CHECK_FALSE(address("unix:/a") == address("unix:/b"));
}

TEST_CASE("the peer of an unnamed unix socket has an empty path") {
  sockaddr_un unnamed{};
  unnamed.sun_family = AF_UNIX;
  const Address peer(reinterpret_cast<const sockaddr*>(&unnamed), sizeof unnamed.sun_family);
  CHECK(peer.text() == "unix:");
  CHECK(peer.ip_text() == "unix");
}

TEST_CASE("a network contains exactly the addresses of its block") {
  CHECK(network("10.0.0.0/8").contains(address("10.255.0.1:1")));
  CHECK_FALSE(network("10.0.0.0/8").contains(address("11.0.0.1:1")));
  CHECK(network("192.168.4.0/22").contains(address("192.168.7.255:1")));
  CHECK_FALSE(network("192.168.4.0/22").contains(address("192.168.8.0:1")));
  CHECK(network("10.0.0.1").contains(address("10.0.0.1:1")));
  CHECK_FALSE(network("10.0.0.1").contains(address("10.0.0.2:1")));
  CHECK(network("0.0.0.0/0").contains(address("1.2.3.4:1")));
  CHECK(network("fd00::/8").contains(address("[fdff::1]:1")));
  CHECK_FALSE(network("fd00::/8").contains(address("[fe00::1]:1")));
  CHECK(network("2001:db8::/33").contains(address("[2001:db8:7fff::1]:1")));
  CHECK_FALSE(network("2001:db8::/33").contains(address("[2001:db8:8000::1]:1")));
}

TEST_CASE("families do not mix except that a mapped address is IPv4") {
  CHECK_FALSE(network("0.0.0.0/0").contains(address("[2001:db8::1]:1")));
  CHECK_FALSE(network("::/0").contains(address("1.2.3.4:1")));
  CHECK_FALSE(network("::/0").contains(address("unix:/x")));
  CHECK(network("10.0.0.0/8").contains(address("[::ffff:10.1.1.1]:1")));
  CHECK_FALSE(network("::/0").contains(address("[::ffff:10.1.1.1]:1")));
  CHECK(network("::ffff:10.0.0.0/104").contains(address("10.1.1.1:1")));
}

TEST_CASE("a network's text is its canonical block") {
  CHECK(network("10.1.2.3/8").text() == "10.0.0.0/8");
  CHECK(network("10.1.2.3").text() == "10.1.2.3/32");
  CHECK(network("2001:db8:ffff::1/33").text() == "2001:db8:8000::/33");
}

TEST_CASE("text that is no network is refused") {
  for (const std::string text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129",
                                 "10.0.0/8", "[::1]/8", "unix:/x", "10.0.0.0/8/8", "example.com"}) {
    INFO(text);
    CHECK_FALSE(Network::parse(text));
  }
}

TEST_CASE("a list of networks contains what any of them contains") {
  const std::vector<Network> networks{network("10.0.0.0/8"), network("::1")};
  CHECK(contains(networks, address("10.1.1.1:1")));
  CHECK(contains(networks, address("[::1]:1")));
  CHECK_FALSE(contains(networks, address("11.1.1.1:1")));
  CHECK_FALSE(contains({}, address("10.1.1.1:1")));
}
