#include <array>
#include <string>
#include <string_view>

#include "conf/reader/suggestion.h"
#include "conf/rules.h"

namespace poise::conf {

namespace {

constexpr std::array<std::string_view, 5> kLimits{"header_bytes", "headers", "uri_bytes",
                                                  "body_bytes", "requests_per_connection"};
constexpr std::array<std::string_view, 4> kTimeouts{"header", "body_idle", "write_idle", "request"};
constexpr std::array<std::string_view, 7> kMatches{"host",    "path",    "path_exact", "path_regex",
                                                   "methods", "headers", "query"};
constexpr std::array<std::string_view, 1> kListenerKeys{"redirect"};
constexpr std::array<std::string_view, 6> kRouteKeys{
    "redirect", "respond", "rewrite", "request_headers", "response_headers", "timeouts"};

class TcpRules {
 public:
  TcpRules(const ListenerConfig& listener, Diagnostics& diagnostics)
      : listener_(listener), diagnostics_(diagnostics) {}

  template <std::size_t N>
  void refuse(const YamlNode* map, const std::array<std::string_view, N>& keys) {
    if (map == nullptr) return;
    for (const auto key : keys) {
      const YamlEntry* entry = map->find(key);
      if (entry == nullptr || entry->value->kind == YamlNode::Kind::null) continue;
      diagnostics_.error(entry->key_at, quoted(key) + " is for HTTP, but listener " +
                                            quoted(listener_.name) + " has protocol " +
                                            quoted(to_text(listener_.protocol)));
    }
  }

 private:
  const ListenerConfig& listener_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_tcp_listeners(const Config& config, const Places& places, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& listener = config.listeners[i];
    if (listener.protocol == Protocol::http) continue;
    TcpRules rules(listener, diagnostics);
    rules.refuse(places.node({"listeners", i}), kListenerKeys);
    rules.refuse(places.node({"listeners", i, "limits"}), kLimits);
    rules.refuse(places.node({"listeners", i, "timeouts"}), kTimeouts);
    for (std::size_t j = 0; j < listener.routes.size(); ++j) {
      rules.refuse(places.node({"listeners", i, "routes", j, "match"}), kMatches);
      rules.refuse(places.node({"listeners", i, "routes", j}), kRouteKeys);
    }
  }
}

}  // namespace poise::conf
