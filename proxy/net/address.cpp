#include "proxy/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace poise::net {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// inet_pton wants a terminated string and would stop at an embedded NUL.
bool parse_ip(int family, std::string_view text, void* out) {
  char terminated[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof terminated || text.find('\0') != text.npos) return false;
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = '\0';
  return inet_pton(family, terminated, out) == 1;
}

template <class SockAddr>
Address address_of(const SockAddr& address, std::size_t length = sizeof(SockAddr)) {
  return {reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(length)};
}

std::optional<Address> parse_unix(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return std::nullopt;
  if (path.find('\0') != path.npos) return std::nullopt;
  std::memcpy(address.sun_path, path.data(), path.size());
  return address_of(address, offsetof(sockaddr_un, sun_path) + path.size() + 1);
}

std::optional<Address> parse_v4(std::string_view host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (!parse_ip(AF_INET, host, &address.sin_addr)) return std::nullopt;
  return address_of(address);
}

std::optional<Address> parse_v6(std::string_view host, std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  if (!parse_ip(AF_INET6, host, &address.sin6_addr)) return std::nullopt;
  return address_of(address);
}

const sockaddr_in& as_v4(const Address& address) {
  return *reinterpret_cast<const sockaddr_in*>(address.get());
}

const sockaddr_in6& as_v6(const Address& address) {
  return *reinterpret_cast<const sockaddr_in6*>(address.get());
}

bool is_mapped(const std::uint8_t* v6) {
  return std::memcmp(v6, kMappedPrefix, sizeof kMappedPrefix) == 0;
}

// An unnamed or abstract socket has no path.
std::string_view unix_path(const Address& address) {
  constexpr std::size_t kStart = offsetof(sockaddr_un, sun_path);
  if (address.length() <= kStart) return {};
  const char* path = reinterpret_cast<const char*>(address.get()) + kStart;
  return {path, strnlen(path, address.length() - kStart)};
}

std::string ip_to_text(int family, const void* bytes) {
  char text[INET6_ADDRSTRLEN];
  if (inet_ntop(family, bytes, text, sizeof text) == nullptr) return {};
  return text;
}

bool equal_bits(const std::uint8_t* a, const std::uint8_t* b, unsigned bits) {
  const unsigned whole = bits / 8;
  if (std::memcmp(a, b, whole) != 0) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff00 >> (bits % 8));
  return ((a[whole] ^ b[whole]) & mask) == 0;
}

void clear_bits_from(std::uint8_t* bytes, unsigned size, unsigned first) {
  for (unsigned bit = first; bit < size * 8; ++bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80 >> (bit % 8)));
  }
}

}  // namespace

Address::Address(const sockaddr* address, socklen_t length) {
  if (address == nullptr) return;
  if (address->sa_family != AF_UNIX) {
    length_ = std::min<socklen_t>(length, sizeof ip_);
    std::memcpy(&ip_, address, length_);
    return;
  }
  auto path = std::make_shared<sockaddr_un>();
  length_ = std::min<socklen_t>(length, sizeof *path);
  std::memcpy(path.get(), address, length_);
  unix_ = std::move(path);
}

std::optional<Address> Address::parse(std::string_view text, Wildcard wildcard) {
  if (text.starts_with(kUnixPrefix)) return parse_unix(text.substr(kUnixPrefix.size()));
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.empty()) {
    return wildcard == Wildcard::allowed ? parse_v6("::", *port) : std::nullopt;
  }
  if (host.front() != '[') return parse_v4(host, *port);
  if (host.back() != ']') return std::nullopt;
  return parse_v6(host.substr(1, host.size() - 2), *port);
}

Address Address::with_port(std::uint16_t port) const {
  Address address = *this;
  if (family() == AF_INET) address.ip_.v4.sin_port = htons(port);
  if (family() == AF_INET6) address.ip_.v6.sin6_port = htons(port);
  return address;
}

std::optional<Address> Address::parse_ip(std::string_view text, std::uint16_t port) {
  if (auto v4 = parse_v4(text, port)) return v4;
  return parse_v6(text, port);
}

std::uint16_t Address::port() const {
  if (family() == AF_INET) return ntohs(as_v4(*this).sin_port);
  if (family() == AF_INET6) return ntohs(as_v6(*this).sin6_port);
  return 0;
}

std::string Address::text() const {
  switch (family()) {
    case AF_INET:
      return ip_text() + ':' + std::to_string(port());
    case AF_INET6:
      return '[' + ip_to_text(AF_INET6, &as_v6(*this).sin6_addr) + "]:" + std::to_string(port());
    case AF_UNIX:
      return std::string(kUnixPrefix).append(unix_path(*this));
    default:
      return {};
  }
}

std::string Address::ip_text() const {
  if (family() == AF_INET) return ip_to_text(AF_INET, &as_v4(*this).sin_addr);
  if (family() == AF_UNIX) return "unix";
  if (family() != AF_INET6) return {};
  const auto* bytes = as_v6(*this).sin6_addr.s6_addr;
  if (is_mapped(bytes)) return ip_to_text(AF_INET, bytes + sizeof kMappedPrefix);
  return ip_to_text(AF_INET6, bytes);
}

bool Address::operator==(const Address& other) const {
  if (family() != other.family() || port() != other.port()) return false;
  switch (family()) {
    case AF_INET:
      return as_v4(*this).sin_addr.s_addr == as_v4(other).sin_addr.s_addr;
    case AF_INET6:
      return as_v6(*this).sin6_scope_id == as_v6(other).sin6_scope_id &&
             std::memcmp(&as_v6(*this).sin6_addr, &as_v6(other).sin6_addr, sizeof(in6_addr)) == 0;
    case AF_UNIX:
      return unix_path(*this) == unix_path(other);
    default:
      return true;
  }
}

std::optional<Network> Network::parse(std::string_view text) {
  Network network;
  const auto slash = text.find('/');
  const std::string_view ip = text.substr(0, slash);
  network.is_v4_ = parse_ip(AF_INET, ip, network.bytes_);
  if (!network.is_v4_ && !parse_ip(AF_INET6, ip, network.bytes_)) return std::nullopt;
  const std::uint8_t widest = network.is_v4_ ? 32 : 128;
  network.prefix_bits_ = widest;
  if (slash != text.npos) {
    const auto bits = parse_number<std::uint8_t>(text.substr(slash + 1));
    if (!bits || *bits > widest) return std::nullopt;
    network.prefix_bits_ = *bits;
  }
  // Addresses are judged as IPv4 when they are v4-mapped, so such a network must be IPv4 as well.
  if (!network.is_v4_ && network.prefix_bits_ >= 96 && is_mapped(network.bytes_)) {
    std::memmove(network.bytes_, network.bytes_ + 12, 4);
    network.is_v4_ = true;
    network.prefix_bits_ = static_cast<std::uint8_t>(network.prefix_bits_ - 96);
  }
  clear_bits_from(network.bytes_, sizeof network.bytes_, network.prefix_bits_);
  return network;
}

bool Network::contains(const Address& address) const {
  const std::uint8_t* bytes = nullptr;
  bool v4 = false;
  if (address.family() == AF_INET) {
    bytes = reinterpret_cast<const std::uint8_t*>(&as_v4(address).sin_addr);
    v4 = true;
  } else if (address.family() == AF_INET6) {
    bytes = as_v6(address).sin6_addr.s6_addr;
    v4 = is_mapped(bytes);
    if (v4) bytes += sizeof kMappedPrefix;
  }
  return bytes != nullptr && v4 == is_v4_ && equal_bits(bytes, bytes_, prefix_bits_);
}

std::string Network::text() const {
  return ip_to_text(is_v4_ ? AF_INET : AF_INET6, bytes_) + '/' + std::to_string(prefix_bits_);
}

bool contains(const std::vector<Network>& networks, const Address& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.contains(address); });
}

}  // namespace poise::net
