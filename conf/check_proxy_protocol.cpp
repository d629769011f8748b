#include <array>
#include <string>

#include "conf/reader/suggestion.h"
#include "conf/rules.h"

namespace poise::conf {

namespace {

// Whoever may say who the client is must be named; a Unix socket is guarded by its file's mode.
void check_trust(const Config& config, std::size_t i, const Places& places,
                 Diagnostics& diagnostics) {
  const ListenerConfig& listener = config.listeners[i];
  if (listener.proxy_protocol == net::ProxyHeaderIn::off || !config.trusted_proxies.empty()) return;
  for (const net::Address& address : listener.bind) {
    if (address.is_unix()) continue;
    return diagnostics.error(places.key({"listeners", i, "proxy_protocol"}),
                             "listener " + quoted(listener.name) +
                                 " takes PROXY headers, but 'trusted_proxies' names nobody to "
                                 "take them from");
  }
}

// What only a ClientHello tells.
void check_matches(const ListenerConfig& listener, std::size_t i, const Places& places,
                   Diagnostics& diagnostics) {
  if (listener.protocol == Protocol::tls_passthrough) return;
  for (std::size_t j = 0; j < listener.routes.size(); ++j) {
    const YamlNode* match = places.node({"listeners", i, "routes", j, "match"});
    if (match == nullptr) continue;
    for (const std::string_view key : {"sni", "alpn"}) {
      const YamlEntry* entry = match->find(key);
      if (entry == nullptr || entry->value->kind == YamlNode::Kind::null) continue;
      diagnostics.error(entry->key_at, quoted(key) + " is for protocol 'tls-passthrough', but " +
                                           "listener " + quoted(listener.name) + " has " +
                                           quoted(to_text(listener.protocol)));
    }
  }
}

}  // namespace

void check_proxy_protocol(const Config& config, const Places& places, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    check_trust(config, i, places, diagnostics);
  }
}

void check_client_hellos(const Config& config, const Places& places, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    check_matches(config.listeners[i], i, places, diagnostics);
  }
}

}  // namespace poise::conf
