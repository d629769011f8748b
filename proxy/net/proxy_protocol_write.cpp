#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>

#include "proxy/net/proxy_protocol.h"
#include "proxy/net/proxy_protocol_wire.h"

namespace poise::net {
namespace {

using namespace proxy_wire;

// An IP address in its IPv6 form, and whether it is one of IPv4.
struct WireIp {
  char v6[16];
  std::uint16_t port;  // network order
  bool is_v4;
};

constexpr std::string_view kMapped = "\0\0\0\0\0\0\0\0\0\0\xff\xff"sv;

std::optional<WireIp> ip_of(const Address& address) {
  WireIp ip{};
  if (address.family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address.get());
    std::memcpy(ip.v6, kMapped.data(), kMapped.size());
    std::memcpy(ip.v6 + kMapped.size(), &v4->sin_addr, sizeof v4->sin_addr);
    ip.port = v4->sin_port;
    ip.is_v4 = true;
    return ip;
  }
  if (address.family() != AF_INET6) return {};
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address.get());
  std::memcpy(ip.v6, &v6->sin6_addr, sizeof ip.v6);
  ip.port = v6->sin6_port;
  ip.is_v4 = std::memcmp(ip.v6, kMapped.data(), kMapped.size()) == 0;
  return ip;
}

// A family holds for both addresses: where one is of IPv4 and one of IPv6, both are written as
// IPv6.
struct Ends {
  WireIp client;
  WireIp called;
  bool are_v4() const { return client.is_v4 && called.is_v4; }
};

std::optional<Ends> ends_of(const ProxyGreeting& greeting) {
  const auto client = ip_of(greeting.client);
  const auto called = ip_of(greeting.called);
  if (!client || !called) return {};
  return Ends{*client, *called};
}

std::string text_of(const Address& address, bool as_v4) {
  std::string text = address.ip_text();
  const bool is_v4 = text.find(':') == text.npos;
  return is_v4 && !as_v4 ? "::ffff:" + text : text;
}

std::string write_v1(const ProxyGreeting& greeting) {
  const auto ends = ends_of(greeting);
  if (!ends) return write_local_proxy_header(ProxyHeaderOut::v1);
  const bool v4 = ends->are_v4();
  std::string line(kV1Word);
  line += v4 ? " TCP4 " : " TCP6 ";
  line += text_of(greeting.client, v4) + ' ' + text_of(greeting.called, v4) + ' ';
  line += std::to_string(greeting.client.port()) + ' ' + std::to_string(greeting.called.port());
  return line += "\r\n";
}

void append_number(std::string& out, std::size_t number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number);
}

void append_tlv(std::string& out, Tlv type, std::string_view value, std::size_t most) {
  if (value.empty() || value.size() > most) return;
  out += static_cast<char>(type);
  append_number(out, value.size());
  out += value;
}

void append_tlvs(std::string& out, const ProxyGreeting& greeting) {
  append_tlv(out, kAlpn, greeting.alpn, 255);
  append_tlv(out, kAuthority, greeting.authority, 255);
  append_tlv(out, kUniqueId, greeting.unique_id, kMostUniqueId);
}

void append_path(std::string& out, const Address& address) {
  constexpr std::size_t kStart = offsetof(sockaddr_un, sun_path);
  const std::size_t length = std::max<std::size_t>(address.length(), kStart) - kStart;
  out.append(reinterpret_cast<const char*>(address.get()) + kStart, length);
  out.append(kUnixPath - length, '\0');
}

void append_ports(std::string& out, const Ends& ends) {
  out.append(reinterpret_cast<const char*>(&ends.client.port), 2);
  out.append(reinterpret_cast<const char*>(&ends.called.port), 2);
}

// The addresses, and of which family they are.
Family append_addresses(std::string& out, const ProxyGreeting& greeting) {
  if (const auto ends = ends_of(greeting)) {
    const std::size_t skipped = ends->are_v4() ? kMapped.size() : 0;
    out.append(ends->client.v6 + skipped, sizeof ends->client.v6 - skipped);
    out.append(ends->called.v6 + skipped, sizeof ends->called.v6 - skipped);
    append_ports(out, *ends);
    return ends->are_v4() ? kInet : kInet6;
  }
  if (!greeting.client.is_unix() || !greeting.called.is_unix()) return kUnspecified;
  append_path(out, greeting.client);
  append_path(out, greeting.called);
  return kUnix;
}

std::string with_fixed_part(std::uint8_t command, std::uint8_t protocol, std::string_view block) {
  std::string header(kV2Signature);
  header += static_cast<char>(command);
  header += static_cast<char>(protocol);
  append_number(header, block.size());
  return header += block;
}

std::string write_v2(const ProxyGreeting& greeting) {
  std::string block;
  const Family family = append_addresses(block, greeting);
  append_tlvs(block, greeting);
  const int protocol = family == kUnspecified ? 0 : family << 4 | kStream;
  return with_fixed_part(kProxy, static_cast<std::uint8_t>(protocol), block);
}

}  // namespace

std::string write_proxy_header(ProxyHeaderOut version, const ProxyGreeting& greeting) {
  switch (version) {
    case ProxyHeaderOut::off:
      break;
    case ProxyHeaderOut::v1:
      return write_v1(greeting);
    case ProxyHeaderOut::v2:
      return write_v2(greeting);
  }
  return {};
}

std::string write_local_proxy_header(ProxyHeaderOut version) {
  switch (version) {
    case ProxyHeaderOut::off:
      break;
    case ProxyHeaderOut::v1:
      return "PROXY UNKNOWN\r\n";
    case ProxyHeaderOut::v2:
      return with_fixed_part(kLocal, 0, {});
  }
  return {};
}

}  // namespace poise::net
