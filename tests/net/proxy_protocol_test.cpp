#include "proxy/net/proxy_protocol.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "proxy/net/crc32c.h"
#include "proxy/net/proxy_protocol_wire.h"

using namespace poise::net;
using namespace std::string_literals;
using Found = ProxyScan::Found;

namespace {

Address at(std::string_view text) { return *Address::parse(text); }

const std::string kSignature(proxy_wire::kV2Signature);
const std::string kV4Block = "\xc0\x00\x02\x01\xc6\x33\x64\x02\xdc\x04\x01\xbb"s;

std::string number(std::size_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}
std::string v2(char command, char protocol, const std::string& block) {
  return kSignature + command + protocol + number(block.size()) + block;
}
std::string tlv(char type, const std::string& value) { return type + number(value.size()) + value; }

ProxyScan scan(std::string_view input) {
  ProxyHeader header;
  return read_proxy_header(input, header);
}

ProxyHeader read_whole(std::string_view input) {
  ProxyHeader header;
  const ProxyScan found = read_proxy_header(input, header);
  INFO(found.detail);
  CHECK(found.found == Found::header);
  CHECK(found.length == input.size());
  return header;
}

}  // namespace

TEST_CASE("a PROXY line names the client and where it connected to") {
  const ProxyHeader v4 = read_whole("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n");
  CHECK(v4.names_client);
  CHECK(v4.client == at("192.0.2.1:56324"));
  CHECK(v4.called == at("198.51.100.2:443"));
  const ProxyHeader v6 = read_whole("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.7 1 65535\r\n");
  CHECK(v6.client == at("[2001:db8::1]:1"));
  CHECK(v6.called == at("[::ffff:192.0.2.7]:65535"));
}

TEST_CASE("a proxy that knows no client leaves the socket's addresses in force") {
  CHECK_FALSE(read_whole("PROXY UNKNOWN\r\n").names_client);
  CHECK_FALSE(read_whole("PROXY UNKNOWN whatever it likes to say\r\n").names_client);
  CHECK_FALSE(read_whole(v2('\x20', '\x11', kV4Block)).names_client);
  CHECK_FALSE(read_whole(v2('\x20', '\0', "")).names_client);
  CHECK_FALSE(read_whole(v2('\x21', '\0', "")).names_client);
  CHECK_FALSE(read_whole(v2('\x21', '\0', tlv('\x05', "x"))).names_client);
}

TEST_CASE("a PROXY line that is not exactly one is refused") {
  for (const char* line : {
           "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\n",
           "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 \r\n",
           "PROXY TCP4  192.0.2.1 198.51.100.2 56324 443\r\n",
           "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 5\r\n",
           "PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n",
           "PROXY TCP4 192.0.2.1 198.51.100.2 056324 443\r\n",
           "PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n",
           "PROXY TCP4 192.0.2.1 198.51.100.2 -1 443\r\n",
           "PROXY TCP4 192.0.2.1 198.51.100.2 +1 443\r\n",
           "PROXY TCP4 192.0.2.256 198.51.100.2 1 443\r\n",
           "PROXY TCP4 192.0.2 198.51.100.2 1 443\r\n",
           "PROXY TCP4 2001:db8::1 198.51.100.2 1 443\r\n",
           "PROXY TCP6 192.0.2.1 198.51.100.2 1 443\r\n",
           "PROXY TCP6 [2001:db8::1] ::1 1 443\r\n",
           "PROXY tcp4 192.0.2.1 198.51.100.2 1 443\r\n",
           "PROXY UDP4 192.0.2.1 198.51.100.2 1 443\r\n",
           "PROXY \r\n",
           "PROXY TCP4\r\n",
           "PROXY UNKNOWN\rx",
       }) {
    INFO(line);
    CHECK(scan(line).found == Found::broken);
  }
  CHECK(scan("PROXY UNKNOWN "s + std::string(100, 'x')).found == Found::broken);
  CHECK(scan("PROXY UNKNOWN "s + std::string(92, 'x') + "\r").found == Found::broken);
  CHECK(scan("PROXY UNKNOWN "s + std::string(91, 'x') + "\r\n").found == Found::header);
}

TEST_CASE("a binary PROXY header names the client and where it connected to") {
  const ProxyHeader v4 = read_whole(v2('\x21', '\x11', kV4Block));
  CHECK(v4.client == at("192.0.2.1:56324"));
  CHECK(v4.called == at("198.51.100.2:443"));
  const std::string ip = "\x20\x01\x0d\xb8"s + std::string(11, '\0');
  const ProxyHeader v6 =
      read_whole(v2('\x21', '\x21', ip + '\x01' + ip + '\x02' + number(7) + number(8)));
  CHECK(v6.client == at("[2001:db8::1]:7"));
  CHECK(v6.called == at("[2001:db8::2]:8"));
  const std::string path = "/run/a"s + std::string(102, '\0');
  CHECK(read_whole(v2('\x21', '\x31', path + path)).client == at("unix:/run/a"));
}

TEST_CASE("extensions of a binary PROXY header are read, and unknown ones passed over") {
  const ProxyHeader header =
      read_whole(v2('\x21', '\x11',
                    kV4Block + tlv('\x01', "h2") + tlv('\x02', "a.example") + tlv('\x04', "pad") +
                        tlv('\x05', "id-1") + tlv('\xea', "\x01vpce")));
  CHECK(header.alpn == "h2");
  CHECK(header.authority == "a.example");
  CHECK(header.unique_id == "id-1");
}

TEST_CASE("the checksum of a binary PROXY header is checked where there is one") {
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c("6789", crc32c("12345")) == 0xe3069283);
  std::string header =
      v2('\x21', '\x11', kV4Block + tlv('\x03', std::string(4, '\0')) + tlv('\x01', "h2"));
  const std::uint32_t sum = crc32c(header);
  const std::size_t place = 16 + 12 + 3;
  for (int i = 0; i < 4; ++i) header[place + i] = static_cast<char>(sum >> (24 - 8 * i));
  CHECK(read_whole(header).alpn == "h2");
  for (const std::size_t changed : {std::size_t{16}, place, header.size() - 1}) {
    std::string other = header;
    other[changed] = static_cast<char>(other[changed] ^ 1);
    CHECK(scan(other).found == Found::broken);
  }
  CHECK(scan(v2('\x21', '\x11', kV4Block + tlv('\x03', "123"))).found == Found::broken);
}

TEST_CASE("a binary PROXY header that is not exactly one is refused") {
  const std::vector<std::pair<const char*, std::string>> broken{
      {"version 1", v2('\x11', '\x11', kV4Block)},
      {"version 3", v2('\x31', '\x11', kV4Block)},
      {"command 2", v2('\x22', '\x11', kV4Block)},
      {"family 4", v2('\x21', '\x41', kV4Block)},
      {"transport 3", v2('\x21', '\x13', kV4Block)},
      {"no address", v2('\x21', '\x11', "")},
      {"half an address", v2('\x21', '\x11', kV4Block.substr(1))},
      {"v4 for v6", v2('\x21', '\x21', kV4Block)},
      {"extension without length", v2('\x21', '\x11', kV4Block + "\x01")},
      {"extension too short", v2('\x21', '\x11', kV4Block + "\x01" + number(3) + "h2")},
      {"unique id too long", v2('\x21', '\x11', kV4Block + tlv('\x05', std::string(129, 'x')))},
      {"too long", kSignature + '\x21' + '\x11' + number(16 * 1024)},
  };
  for (const auto& [what, header] : broken) {
    INFO(what);
    CHECK(scan(header).found == Found::broken);
  }
}

TEST_CASE("a PROXY header may come in any pieces, and what follows it is not part of it") {
  const std::string line = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
  const std::string binary = v2('\x21', '\x11', kV4Block + tlv('\x05', "id"));
  for (const std::string& whole : {line, binary}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      CHECK(scan(whole.substr(0, length)).found == Found::incomplete);
    }
    CHECK(scan(whole + "GET / HTTP/1.1\r\n").length == whole.size());
  }
}

TEST_CASE("what begins otherwise is no PROXY header") {
  for (const std::string& other :
       {"GET / HTTP/1.1\r\n"s, "PROXX"s, "POST"s, "PROXYING"s, "\r\n\r\nGET"s, "\x16\x03\x01"s}) {
    CHECK(scan(other).found == Found::nothing);
  }
}

TEST_CASE("what is written as a PROXY header is read as it was meant") {
  const ProxyGreeting greeting{.client = at("192.0.2.1:56324"),
                               .called = at("198.51.100.2:443"),
                               .alpn = "h2",
                               .authority = "a.example",
                               .unique_id = "id-1"};
  CHECK(write_proxy_header(ProxyHeaderOut::off, greeting).empty());
  CHECK(write_proxy_header(ProxyHeaderOut::v1, greeting) ==
        "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n");
  const std::string written = write_proxy_header(ProxyHeaderOut::v2, greeting);
  CHECK(written ==
        v2('\x21', '\x11',
           kV4Block + tlv('\x01', "h2") + tlv('\x02', "a.example") + tlv('\x05', "id-1")));
  CHECK(read_whole(written).unique_id == "id-1");
}

TEST_CASE("addresses of two families are both written as IPv6, mapped ones as IPv4") {
  const Address v6 = at("[2001:db8::1]:1");
  const Address v4 = at("192.0.2.1:2");
  const Address mapped = at("[::ffff:192.0.2.3]:3");
  CHECK(write_proxy_header(ProxyHeaderOut::v1, {.client = v6, .called = v4}) ==
        "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 2\r\n");
  CHECK(write_proxy_header(ProxyHeaderOut::v1, {.client = mapped, .called = v4}) ==
        "PROXY TCP4 192.0.2.3 192.0.2.1 3 2\r\n");
  const auto both =
      read_whole(write_proxy_header(ProxyHeaderOut::v2, {.client = v4, .called = v6}));
  CHECK(both.client == at("[::ffff:192.0.2.1]:2"));
  CHECK(both.called == v6);
  const auto v4_form =
      read_whole(write_proxy_header(ProxyHeaderOut::v2, {.client = mapped, .called = v4}));
  CHECK(v4_form.client == at("192.0.2.3:3"));
}

TEST_CASE("a client of a Unix socket has a header too") {
  const Address path = at("unix:/run/poise.sock");
  CHECK(write_proxy_header(ProxyHeaderOut::v1, {.client = path, .called = path}) ==
        "PROXY UNKNOWN\r\n");
  sockaddr_un unnamed{};
  unnamed.sun_family = AF_UNIX;
  const Address client(reinterpret_cast<const sockaddr*>(&unnamed), sizeof(sa_family_t));
  const auto header =
      read_whole(write_proxy_header(ProxyHeaderOut::v2, {.client = client, .called = path}));
  CHECK(header.client.is_unix());
  CHECK(header.called == path);
  const std::string mixed =
      write_proxy_header(ProxyHeaderOut::v2, {.client = client, .called = at("192.0.2.1:1")});
  CHECK_FALSE(read_whole(mixed).names_client);
}

TEST_CASE("a connection on nobody's behalf says so") {
  CHECK(write_local_proxy_header(ProxyHeaderOut::off).empty());
  CHECK(write_local_proxy_header(ProxyHeaderOut::v1) == "PROXY UNKNOWN\r\n");
  CHECK(write_local_proxy_header(ProxyHeaderOut::v2) == v2('\x20', '\0', ""));
}
