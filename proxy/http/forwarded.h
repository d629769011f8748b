// What poise tells a backend about the client behind it (X-Forwarded-For, -Proto, -Host and
// Forwarded, RFC 7239), and whom it takes for the client itself. Only a peer in trusted_proxies is
// believed; what any other claims is replaced. Pure; the request's arena holds what is made here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/base/arena.h"
#include "proxy/http/fields.h"
#include "proxy/net/address.h"

namespace poise::http {

// The peer of a connection, with its texts made once and not for every request.
class ForwardedPeer {
 public:
  ForwardedPeer(const net::Address& address, const std::vector<net::Network>& trusted);

  // By another list from now on.
  void judge_by(const std::vector<net::Network>& trusted) {
    is_trusted_ = net::contains(trusted, address_);
  }

  // It came over TLS.
  void set_secured() { is_secured_ = true; }

  const net::Address& address() const { return address_; }
  std::string_view scheme() const { return is_secured_ ? "https" : "http"; }
  bool is_trusted() const { return is_trusted_; }
  std::string_view ip() const { return ip_; }  // in X-Forwarded-For; "unknown" for a Unix socket
  std::string_view node() const {
    return node_;
  }  // in Forwarded; IPv6 stands in quotes and brackets

 private:
  net::Address address_;
  bool is_trusted_;
  bool is_secured_ = false;
  std::string ip_;
  std::string node_;
};

struct ForwardedValues {
  std::string_view x_forwarded_for;
  std::string_view x_forwarded_proto;
  std::string_view x_forwarded_host;  // empty: not to be sent, as the request named no host
  std::string_view forwarded;
};

// To be sent in place of all fields of these four names in `received`. A trusted peer's lists are
// appended to, and its word on proto and host is passed on. The views live as long as `arena`,
// `peer`, `received`, `scheme` and `host`.
ForwardedValues forwarded_values(base::Arena& arena, const ForwardedPeer& peer,
                                 const Fields& received, std::string_view scheme,
                                 std::string_view host);

// The peer, or, as long as that one is trusted, whom it names in X-Forwarded-For: the last address
// from the right that is not trusted, else the leftmost. What is no address ends the search. The
// result has a port only when the list gave one.
net::Address client_address(const ForwardedPeer& peer, const Fields& received,
                            const std::vector<net::Network>& trusted);

}  // namespace poise::http
