#include <algorithm>

#include "conf/reader/suggestion.h"
#include "conf/rules.h"

namespace poise::conf {
namespace {

using Of = Expectation::Of;
using Names = std::vector<std::string>;

// Names a test may speak of; others can only be mistakes.
struct Known {
  Names listeners;
  Names routes;
  Names pools;
};

Known known_in(const Config& config) {
  Known known;
  for (const auto& listener : config.listeners) {
    known.listeners.push_back(listener.name);
    for (const auto& route : listener.routes) known.routes.push_back(route.name);
  }
  for (const auto& pool : config.pools) known.pools.push_back(pool.name);
  return known;
}

void check_names(const Expectation& expectation, const char* what, const Names& known,
                 Diagnostics& diagnostics) {
  for (const std::string& name : expectation.wanted) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    diagnostics.error(expectation.at, "a test expects " + std::string(what) + " " + quoted(name) +
                                          ", which is not defined" + did_you_mean(name, known));
  }
}

}  // namespace

void check_tests(const Config& config, Diagnostics& diagnostics) {
  if (config.tests.empty()) return;
  const Known known = known_in(config);
  for (const RouteTest& test : config.tests) {
    for (const Expectation& expectation : test.expect) {
      if (expectation.of == Of::listener) {
        check_names(expectation, "listener", known.listeners, diagnostics);
      } else if (expectation.of == Of::route) {
        check_names(expectation, "route", known.routes, diagnostics);
      } else if (expectation.of == Of::pools) {
        check_names(expectation, "pool", known.pools, diagnostics);
      }
    }
  }
}

}  // namespace poise::conf
