// The PROXY protocol (haproxy.org/download/3.0/doc/proxy-protocol.txt), versions 1 and 2: what a
// proxy says of the client it connects for, before the first byte of that client. Read strictly, as
// whoever may send one decides who the client is. Pure; reads from any prefix of the bytes, keeps
// nothing between calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/base/bytes.h"
#include "proxy/net/address.h"

namespace poise::net {

// Whether a listener's clients begin with a header.
enum class ProxyHeaderIn : std::uint8_t { off, accept, require };
// With which header connections to a pool's backends begin.
enum class ProxyHeaderOut : std::uint8_t { off, v1, v2 };

// Longest header that is read: 16 bytes and what their length field may add are 64 KiB, of which
// no proxy in use needs a quarter.
inline constexpr std::size_t kMostProxyHeader = 16 * 1024;

struct ProxyHeader {
  // False: LOCAL, UNKNOWN or UNSPEC. The connection is the proxy's own, or it does not know; the
  // addresses of the socket hold.
  bool names_client = false;
  Address client{};
  Address called{};  // where the client connected to
  std::string alpn{};
  std::string authority{};  // the name the client asked for, as in SNI
  std::string unique_id{};
};

struct ProxyScan {
  enum class Found : std::uint8_t {
    incomplete,  // what is there may be the beginning of one
    nothing,     // no header begins so
    header,
    broken,  // begins like one, and is none
  };
  Found found = Found::incomplete;
  std::size_t length = 0;   // of the header, where there is one
  const char* detail = "";  // what is broken; a literal
};

// `out` is filled in where a header is found.
ProxyScan read_proxy_header(base::Bytes input, ProxyHeader& out);

// What is said of a client to a backend. Empty texts are left out; version 1 has no place for them.
struct ProxyGreeting {
  Address client{};
  Address called{};
  std::string_view alpn{};
  std::string_view authority{};
  std::string_view unique_id{};
};

// Empty for `off`.
std::string write_proxy_header(ProxyHeaderOut version, const ProxyGreeting& greeting);
// For a connection on nobody's behalf, such as a probe.
std::string write_local_proxy_header(ProxyHeaderOut version);

}  // namespace poise::net
