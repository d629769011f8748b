#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>

#include "proxy/net/crc32c.h"
#include "proxy/net/proxy_protocol.h"
#include "proxy/net/proxy_protocol_wire.h"

namespace poise::net {
namespace {

using namespace proxy_wire;
using base::Bytes;
using Found = ProxyScan::Found;

ProxyScan broken(const char* detail) { return {Found::broken, 0, detail}; }

bool is_prefix_of(Bytes part, std::string_view whole) { return whole.starts_with(part); }

std::uint8_t byte_at(Bytes bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}

std::size_t length_at(Bytes bytes, std::size_t index) {
  return std::size_t{byte_at(bytes, index)} << 8 | byte_at(bytes, index + 1);
}

// ---- version 1
// -----------------------------------------------------------------------------------

// The word up to the next space; nothing where it is empty.
std::string_view take_word(std::string_view& line) {
  const auto space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (leading_zero || error != std::errc{} || end != text.data() + text.size()) return {};
  return port;
}

std::optional<Address> ip_of(int family, std::string_view ip, std::string_view port_text) {
  const auto port = port_of(port_text);
  if (!port) return {};
  auto address = Address::parse_ip(ip, *port);
  if (!address || address->family() != family) return {};
  return address;
}

// "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443", without its end.
ProxyScan read_line(std::string_view line, ProxyHeader& out) {
  const std::size_t length = line.size() + 2;
  line.remove_prefix(kV1Word.size() + 1);
  const bool ends_in_space = line.ends_with(' ');
  const std::string_view protocol = take_word(line);
  if (protocol == "UNKNOWN") return {Found::header, length};
  if (protocol != "TCP4" && protocol != "TCP6") return broken("no such protocol in a PROXY line");
  const int family = protocol == "TCP4" ? AF_INET : AF_INET6;
  std::array<std::string_view, 4> words;
  for (std::string_view& word : words) word = take_word(line);
  const auto client = ip_of(family, words[0], words[2]);
  const auto called = ip_of(family, words[1], words[3]);
  if (!client || !called || !line.empty() || ends_in_space) {
    return broken("PROXY line without two addresses and two ports");
  }
  out.names_client = true;
  out.client = *client;
  out.called = *called;
  return {Found::header, length};
}

ProxyScan read_v1(Bytes input, ProxyHeader& out) {
  const std::string_view head = input.substr(0, kV1Most);
  const auto end = head.find_first_of("\r\n");
  if (end == head.npos) {
    return head.size() < kV1Most ? ProxyScan{} : broken("PROXY line without an end");
  }
  if (head[end] == '\n') return broken("PROXY line ends without CRLF");
  if (end + 1 == head.size()) {
    return head.size() < kV1Most ? ProxyScan{} : broken("PROXY line without an end");
  }
  if (head[end + 1] != '\n') return broken("PROXY line ends without CRLF");
  return read_line(head.substr(0, end), out);
}

// ---- version 2
// -----------------------------------------------------------------------------------

template <class SockAddr>
Address address_of(const SockAddr& address, std::size_t length = sizeof(SockAddr)) {
  return {reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(length)};
}

Address v4_at(Bytes block, std::size_t ip, std::size_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  std::memcpy(&address.sin_addr, block.data() + ip, sizeof address.sin_addr);
  std::memcpy(&address.sin_port, block.data() + port, sizeof address.sin_port);
  return address_of(address);
}

Address v6_at(Bytes block, std::size_t ip, std::size_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  std::memcpy(&address.sin6_addr, block.data() + ip, sizeof address.sin6_addr);
  std::memcpy(&address.sin6_port, block.data() + port, sizeof address.sin6_port);
  return address_of(address);
}

Address unix_at(Bytes block, std::size_t path) {
  sockaddr_un address{};
  static_assert(sizeof address.sun_path == kUnixPath);
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, block.data() + path, kUnixPath);
  return address_of(address);
}

std::size_t address_bytes(std::uint8_t family) {
  switch (family) {
    case kInet:
      return kInetBytes;
    case kInet6:
      return kInet6Bytes;
    case kUnix:
      return kUnixBytes;
    default:
      return 0;
  }
}

void read_addresses(std::uint8_t family, Bytes block, ProxyHeader& out) {
  switch (family) {
    case kInet:
      out.client = v4_at(block, 0, 8);
      out.called = v4_at(block, 4, 10);
      break;
    case kInet6:
      out.client = v6_at(block, 0, 32);
      out.called = v6_at(block, 16, 34);
      break;
    case kUnix:
      out.client = unix_at(block, 0);
      out.called = unix_at(block, kUnixPath);
      break;
    default:
      return;
  }
  out.names_client = true;
}

// The sum is made with four zero bytes in its own place.
bool has_true_sum(Bytes header, std::size_t place) {
  constexpr Bytes kZeros("\0\0\0\0", 4);
  std::uint32_t sum = crc32c(header.substr(0, place));
  sum = crc32c(kZeros, sum);
  sum = crc32c(header.substr(place + kZeros.size()), sum);
  const std::size_t said = length_at(header, place) << 16 | length_at(header, place + 2);
  return sum == said;
}

// "" when it was read.
const char* read_tlv(Bytes header, std::uint8_t type, std::size_t begin, std::size_t length,
                     ProxyHeader& out) {
  const Bytes value = header.substr(begin, length);
  switch (type) {
    case kAlpn:
      out.alpn = value;
      break;
    case kAuthority:
      out.authority = value;
      break;
    case kUniqueId:
      if (length > kMostUniqueId) return "unique id in a PROXY header too long";
      out.unique_id = value;
      break;
    case kCrc32c:
      if (length != 4) return "checksum in a PROXY header of a wrong length";
      if (!has_true_sum(header, begin)) return "checksum of a PROXY header does not hold";
      break;
    default:
      break;
  }
  return "";
}

const char* read_tlvs(Bytes header, std::size_t at, ProxyHeader& out) {
  while (at < header.size()) {
    if (header.size() - at < kTlvFixed) return "PROXY header ends within an extension";
    const std::uint8_t type = byte_at(header, at);
    const std::size_t length = length_at(header, at + 1);
    at += kTlvFixed;
    if (header.size() - at < length) return "PROXY header ends within an extension";
    const char* fault = read_tlv(header, type, at, length, out);
    if (*fault != '\0') return fault;
    at += length;
  }
  return "";
}

ProxyScan read_block(Bytes header, ProxyHeader& out) {
  const std::uint8_t command = byte_at(header, 12);
  const auto family = static_cast<std::uint8_t>(byte_at(header, 13) >> 4);
  const auto transport = static_cast<std::uint8_t>(byte_at(header, 13) & 0xf);
  if (command == kLocal) return {Found::header, header.size()};
  if (family > kUnix || transport > kDatagram) return broken("no such protocol in a PROXY header");
  const std::size_t addresses = address_bytes(family);
  if (header.size() - kV2Fixed < addresses) return broken("PROXY header ends within an address");
  ProxyHeader read;
  // A proxy that does not know the client may say what it likes behind that.
  if (family == kUnspecified || transport == 0) return {Found::header, header.size()};
  read_addresses(family, header.substr(kV2Fixed), read);
  const char* fault = read_tlvs(header, kV2Fixed + addresses, read);
  if (*fault != '\0') return broken(fault);
  out = std::move(read);
  return {Found::header, header.size()};
}

ProxyScan read_v2(Bytes input, ProxyHeader& out) {
  if (input.size() > 12) {
    const std::uint8_t command = byte_at(input, 12);
    if (command != kLocal && command != kProxy) return broken("no such command in a PROXY header");
  }
  if (input.size() < kV2Fixed) return {};
  const std::size_t length = kV2Fixed + length_at(input, 14);
  if (length > kMostProxyHeader) return broken("PROXY header too long");
  if (input.size() < length) return {};
  return read_block(input.substr(0, length), out);
}

}  // namespace

ProxyScan read_proxy_header(Bytes input, ProxyHeader& out) {
  if (input.starts_with(kV2Signature)) return read_v2(input, out);
  if (is_prefix_of(input, kV2Signature) || is_prefix_of(input, "PROXY ")) return {};
  if (input.starts_with("PROXY ")) return read_v1(input, out);
  return {Found::nothing};
}

}  // namespace poise::net
