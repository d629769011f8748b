#include "conf/reader/suggestion.h"
#include "conf/route_cover.h"
#include "conf/rules.h"

namespace poise::conf {

namespace {

// Each pair is compared; beyond this many routes a listener would take too long to check.
constexpr std::size_t kMostCompared = 2000;

void check_listener(const ListenerConfig& listener, std::size_t i, const Places& places,
                    Diagnostics& diagnostics) {
  const auto& routes = listener.routes;
  for (std::size_t later = 1; later < routes.size() && later < kMostCompared; ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      if (!covers(routes[earlier].match, routes[later].match)) continue;
      const Position first = places.value({"listeners", i, "routes", earlier});
      diagnostics.error(places.value({"listeners", i, "routes", later}),
                        "route " + quoted(routes[later].name) + " of listener " +
                            quoted(listener.name) + " can never be reached: route " +
                            quoted(routes[earlier].name) + " at " + diagnostics.place(first) +
                            " takes all its requests");
      break;
    }
  }
}

}  // namespace

void check_reachability(const Parsed& parsed, const Places& places, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < parsed.config.listeners.size(); ++i) {
    if (!parsed.sound_listeners[i]) continue;
    check_listener(parsed.config.listeners[i], i, places, diagnostics);
  }
}

}  // namespace poise::conf
