// A socket address (IPv4, IPv6 or a Unix path) as a value with its text, and a CIDR network. No
// I/O, no name resolution.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace poise::net {

class Address {
 public:
  Address() = default;
  Address(const sockaddr* address, socklen_t length);

  // "127.0.0.1:80", "[::1]:80", "unix:/path". Also ":80" when `wildcard` allows it: the IPv6
  // any-address, which a listener opens for both families. nullopt when it is none of these (a host
  // name, for one).
  enum class Wildcard : std::uint8_t { refused, allowed };
  static std::optional<Address> parse(std::string_view text, Wildcard wildcard = Wildcard::refused);

  // An IP address without brackets or port, "127.0.0.1" or "::1".
  static std::optional<Address> parse_ip(std::string_view text, std::uint16_t port);

  const sockaddr* get() const {
    return unix_ ? reinterpret_cast<const sockaddr*>(unix_.get()) : &ip_.any;
  }
  socklen_t length() const { return length_; }
  int family() const { return get()->sa_family; }
  std::uint16_t port() const;  // 0 for Unix
  // The same host; a Unix address stays as it is.
  Address with_port(std::uint16_t port) const;
  bool is_unix() const { return family() == AF_UNIX; }

  std::string text() const;     // as parse() reads it
  std::string ip_text() const;  // without the port; a v4-mapped address as IPv4; "unix" for Unix

  bool operator==(const Address& other) const;

 private:
  // Every connection has one of these: a Unix address, four times as large, stands apart.
  union Ip {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  Ip ip_{.v6 = {}};
  socklen_t length_ = 0;
  std::shared_ptr<const sockaddr_un> unix_;
};

// A block of addresses such as 10.0.0.0/8 or fd00::/8; a bare address is a block of one.
class Network {
 public:
  static std::optional<Network> parse(std::string_view text);

  // A v4-mapped IPv6 address is judged as IPv4. Unix addresses are in no network.
  bool contains(const Address& address) const;
  std::string text() const;

  bool operator==(const Network&) const = default;

 private:
  std::uint8_t bytes_[16]{};
  std::uint8_t prefix_bits_ = 0;
  bool is_v4_ = false;
};

bool contains(const std::vector<Network>& networks, const Address& address);

}  // namespace poise::net
