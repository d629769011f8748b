#include <algorithm>
#include <string>

#include "balancing/sticky_sessions.h"
#include "balancing/strategies.h"
#include "conf/reader/suggestion.h"
#include "conf/rules.h"

namespace poise::conf {

namespace {

using balancing::KeySource;

// nullopt: it balances without a key.
std::optional<KeySource> key_of(const pool::PoolConfig& pool) {
  const auto plan = balancing::make_plan({}, pool.balance);
  if (plan == nullptr || plan->key_source() == nullptr) return std::nullopt;
  return *plan->key_source();
}

bool leads_to(const ListenerConfig& listener, const std::string& pool) {
  return std::any_of(listener.routes.begin(), listener.routes.end(), [&](const auto& route) {
    return route.pool == pool || std::any_of(route.split.begin(), route.split.end(),
                                             [&](const auto& part) { return part.pool == pool; });
  });
}

bool has_key(Protocol protocol, KeySource::Kind key) {
  switch (key) {
    case KeySource::Kind::client_ip:
      return true;
    case KeySource::Kind::sni:
      return protocol == Protocol::tls_passthrough;
    default:
      return protocol == Protocol::http;
  }
}

void check_key(const Config& config, const pool::PoolConfig& pool, const Places& places,
               Diagnostics& diagnostics) {
  const auto key = key_of(pool);
  if (!key) return;
  for (const ListenerConfig& listener : config.listeners) {
    if (has_key(listener.protocol, key->kind) || !leads_to(listener, pool.name)) continue;
    diagnostics.error(places.value({"pools", pool.name, "balance", "key"}),
                      "pool " + quoted(pool.name) + " balances by " + quoted(to_text(*key)) +
                          ", which the connections of " + std::string(to_text(listener.protocol)) +
                          " listener " + quoted(listener.name) + " do not have");
  }
}

void check_sessions(const Config& config, const pool::PoolConfig& pool, const Places& places,
                    Diagnostics& diagnostics) {
  const auto plan = balancing::make_plan({}, pool.balance);
  if (plan == nullptr || plan->sessions() == nullptr) return;
  const auto place = places.value({"pools", pool.name, "balance"});
  for (const ListenerConfig& listener : config.listeners) {
    if (listener.protocol == Protocol::http || !leads_to(listener, pool.name)) continue;
    diagnostics.error(place, "pool " + quoted(pool.name) +
                                 " keeps clients by a cookie, which the connections of " +
                                 std::string(to_text(listener.protocol)) + " listener " +
                                 quoted(listener.name) + " do not have");
  }
  if (plan->sessions()->config().is_secret_shared) return;
  diagnostics.warn(place, "pool " + quoted(pool.name) +
                              " has no 'secret': its sessions end with this process, and no other "
                              "poise knows them");
}

bool has_zone(const pool::PoolConfig& pool) {
  return std::any_of(pool.backends.begin(), pool.backends.end(),
                     [](const auto& backend) { return !backend.zone.empty(); });
}

}  // namespace

void check_balancing(const Config& config, const Places& places, Diagnostics& diagnostics) {
  for (const auto& pool : config.pools) {
    check_key(config, pool, places, diagnostics);
    check_sessions(config, pool, places, diagnostics);
  }
  const bool zoned = std::any_of(config.pools.begin(), config.pools.end(), has_zone);
  if (config.zone.empty() || zoned) return;
  diagnostics.warn(places.key({"zone"}), "'zone' has no effect, as no backend has a zone");
}

}  // namespace poise::conf
