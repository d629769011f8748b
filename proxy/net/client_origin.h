// Whom an accepted connection comes from: by its socket, or by the word of a trusted proxy in front
// of poise. A value.
#pragma once

#include <memory>
#include <utility>

#include "proxy/net/address.h"
#include "proxy/net/proxy_protocol.h"

namespace poise::net {

struct ClientOrigin {
  ClientOrigin() = default;
  ClientOrigin(const Address& socket_peer) : client(socket_peer) {}  // NOLINT: it is one

  // A header that names nobody changes nothing.
  void believe(ProxyHeader&& header) {
    if (!header.names_client) return;
    client = header.client;
    said = std::make_unique<const ProxyHeader>(std::move(header));
  }

  Address client{};
  std::unique_ptr<const ProxyHeader> said{};  // null: the socket's own addresses hold
};

}  // namespace poise::net
