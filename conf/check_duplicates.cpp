#include <string>
#include <unordered_map>

#include "conf/reader/suggestion.h"
#include "conf/rules.h"

namespace poise::conf {

namespace {

// Reports a name the second time it comes.
class Seen {
 public:
  explicit Seen(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  // `what` such as "listener name". False when that was an error.
  bool add(const std::string& key, Position at, const std::string& what) {
    if (key.empty()) return true;
    const auto [first, fresh] = places_.emplace(key, at);
    if (fresh) return true;
    diagnostics_.error(at, what + " is already used at " + diagnostics_.place(first->second));
    return false;
  }

 private:
  Diagnostics& diagnostics_;
  std::unordered_map<std::string, Position> places_;
};

// One open on every IPv4 address and one on every address of both families would share their
// clients at random.
std::string bind_key(const net::Address& address) {
  const std::string text = address.text();
  constexpr std::string_view kAnyV4 = "0.0.0.0:";
  return text.starts_with(kAnyV4) ? "[::]:" + text.substr(kAnyV4.size()) : text;
}

// Port 0 is a different port each time.
bool is_fixed(const net::Address& address) { return address.is_unix() || address.port() != 0; }

void check_binds(const ListenerConfig& listener, std::size_t i, const Places& places, Seen& binds) {
  for (std::size_t j = 0; j < listener.bind.size(); ++j) {
    const net::Address& address = listener.bind[j];
    const Position at = places.value({"listeners", i, "bind", j});
    if (is_fixed(address)) binds.add(bind_key(address), at, "address " + quoted(address.text()));
  }
}

void check_routes(const ListenerConfig& listener, std::size_t i, const Places& places,
                  Diagnostics& diagnostics) {
  Seen names(diagnostics);
  for (std::size_t j = 0; j < listener.routes.size(); ++j) {
    const std::string& name = listener.routes[j].name;
    names.add(name, places.value({"listeners", i, "routes", j, "name"}),
              "route name " + quoted(name));
  }
}

void check_backends(const pool::PoolConfig& pool, const Places& places, Diagnostics& diagnostics) {
  Seen addresses(diagnostics);
  Seen names(diagnostics);
  for (std::size_t j = 0; j < pool.backends.size(); ++j) {
    const auto& backend = pool.backends[j];
    const std::string in_pool = " in pool " + quoted(pool.name);
    const net::Question& question = backend.question;
    const std::string text = question.is_asked() ? question.text() : backend.address.text();
    const Position at = places.value({"pools", pool.name, "backends", j, "address"});
    const bool is_new = addresses.add(text, at, "backend " + quoted(text) + in_pool);
    // One without a name is known by its address: logs and metrics must tell them apart.
    const YamlNode* named = places.node({"pools", pool.name, "backends", j, "name"});
    if (named == nullptr && !is_new) continue;
    names.add(backend.name, named != nullptr ? named->at : at,
              "backend name " + quoted(backend.name) + in_pool);
  }
}

}  // namespace

void check_duplicates(const Config& config, const Places& places, Diagnostics& diagnostics) {
  Seen listeners(diagnostics);
  Seen binds(diagnostics);
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& listener = config.listeners[i];
    const bool named = places.node({"listeners", i, "name"}) != nullptr;
    if (named) {
      listeners.add(listener.name, places.value({"listeners", i, "name"}),
                    "listener name " + quoted(listener.name));
    }
    check_binds(listener, i, places, binds);
    check_routes(listener, i, places, diagnostics);
  }
  if (const auto& bind = config.admin.bind; bind && is_fixed(*bind)) {
    binds.add(bind_key(*bind), places.value({"admin", "bind"}), "address " + quoted(bind->text()));
  }
  for (const auto& pool : config.pools) check_backends(pool, places, diagnostics);
}

}  // namespace poise::conf
