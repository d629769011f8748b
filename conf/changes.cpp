#include "conf/changes.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "conf/reader/suggestion.h"

namespace poise::conf {
namespace {

using Kind = Change::Kind;
using exchange::RouteConfig;
using pool::BackendConfig;
using pool::PoolConfig;

// Two lists whose items have keys: what came, what went, and what stayed with both its sides.
template <class Item, class KeyOf, class Gone, class Came, class Stayed>
void compare(const std::vector<Item>& before, const std::vector<Item>& after, KeyOf key_of,
             Gone gone, Came came, Stayed stayed) {
  std::map<std::string, const Item*> old;
  for (const Item& item : before) old.emplace(key_of(item), &item);
  for (const Item& item : after) {
    const auto found = old.find(key_of(item));
    if (found == old.end()) {
      came(item);
      continue;
    }
    stayed(*found->second, item);
    old.erase(found);
  }
  for (const auto& [key, item] : old) gone(*item);
}

template <class Item, class KeyOf>
bool same_order(const std::vector<Item>& before, const std::vector<Item>& after, KeyOf key_of) {
  return std::equal(before.begin(), before.end(), after.begin(), after.end(),
                    [&](const Item& a, const Item& b) { return key_of(a) == key_of(b); });
}

class Comparison {
 public:
  std::vector<Change> of(const Config& before, const Config& after) {
    compare_settings(before, after);
    compare_named("listener", before.listeners, after.listeners,
                  [&](const auto& old, const auto& now) { compare_listener(old, now); });
    compare_named("pool", before.pools, after.pools,
                  [&](const auto& old, const auto& now) { compare_pool(old, now); });
    return std::move(changes_);
  }

 private:
  void note(Kind kind, const char* what, const std::string& item) {
    changes_.push_back({kind, what, quoted(item), item});
  }
  void note_of(const char* owner_kind, const std::string& owner, Kind kind, const char* what,
               const std::string& item) {
    changes_.push_back(
        {kind, what, quoted(item) + " of " + owner_kind + " " + quoted(owner), item, owner});
  }

  template <class Item, class Stayed>
  void compare_named(const char* what, const std::vector<Item>& before,
                     const std::vector<Item>& after, Stayed stayed) {
    compare(
        before, after, [](const Item& item) { return item.name; },
        [&](const Item& item) { note(Kind::removed, what, item.name); },
        [&](const Item& item) { note(Kind::added, what, item.name); }, stayed);
  }

  void compare_settings(const Config& before, const Config& after) {
    const auto setting = [&](const char* name, bool same) {
      if (!same) note(Kind::changed, "setting", name);
    };
    setting("workers", before.workers == after.workers && before.affinity == after.affinity);
    setting("admin", before.admin == after.admin);
    setting("log", before.log == after.log);
    setting("tracing", before.tracing == after.tracing);
    setting("trusted_proxies", before.trusted_proxies == after.trusted_proxies);
    setting("zone", before.zone == after.zone);
    setting("dns", before.dns == after.dns);
    setting("shutdown", before.drain == after.drain);
  }

  void compare_listener(const ListenerConfig& before, const ListenerConfig& after) {
    const auto name_of = [](const RouteConfig& route) { return route.name; };
    const std::size_t noted = changes_.size();
    const auto note_route = [&](Kind kind, const RouteConfig& route) {
      note_of("listener", after.name, kind, "route", route.name);
    };
    compare(
        before.routes, after.routes, name_of,
        [&](const RouteConfig& r) { note_route(Kind::removed, r); },
        [&](const RouteConfig& r) { note_route(Kind::added, r); },
        [&](const RouteConfig& old, const RouteConfig& now) {
          if (!(old == now)) note_route(Kind::changed, now);
        });
    const bool reordered =
        noted == changes_.size() && !same_order(before.routes, after.routes, name_of);
    ListenerConfig same_routes = before;
    same_routes.routes = after.routes;
    if (reordered || !(same_routes == after)) {
      note(Kind::changed, "listener", after.name);
    }
  }

  void compare_pool(const PoolConfig& before, const PoolConfig& after) {
    const auto key_of = [](const BackendConfig& b) { return b.name + ' ' + b.address.text(); };
    const std::size_t noted = changes_.size();
    const auto note_backend = [&](Kind kind, const BackendConfig& backend) {
      note_of("pool", after.name, kind, "backend", backend.name);
    };
    compare(
        before.backends, after.backends, key_of,
        [&](const BackendConfig& b) { note_backend(Kind::removed, b); },
        [&](const BackendConfig& b) { note_backend(Kind::added, b); },
        [&](const BackendConfig& old, const BackendConfig& now) {
          if (!(old == now)) note_backend(Kind::changed, now);
        });
    const bool reordered =
        noted == changes_.size() && !same_order(before.backends, after.backends, key_of);
    PoolConfig same_backends = before;
    same_backends.backends = after.backends;
    if (reordered || !(same_backends == after)) note(Kind::changed, "pool", after.name);
  }

  std::vector<Change> changes_;
};

std::string_view text_of(Kind kind) {
  switch (kind) {
    case Kind::added:
      return "added";
    case Kind::removed:
      return "removed";
    case Kind::changed:
      break;
  }
  return "changed";
}

}  // namespace

std::vector<Change> changes_between(const Config& before, const Config& after) {
  return Comparison().of(before, after);
}

std::string summary(const std::vector<Change>& changes) {
  std::string text;
  for (const char* what : {"setting", "listener", "route", "pool", "backend"}) {
    for (const Kind kind : {Kind::added, Kind::removed, Kind::changed}) {
      const auto count = std::count_if(changes.begin(), changes.end(), [&](const Change& change) {
        return change.kind == kind && change.what == what;
      });
      if (count == 0) continue;
      if (!text.empty()) text += ", ";
      text += std::to_string(count) + " " + what + (count == 1 ? " " : "s ");
      text += text_of(kind);
    }
  }
  return text.empty() ? "nothing changed" : text;
}

}  // namespace poise::conf
