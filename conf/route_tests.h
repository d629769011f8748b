// The `tests:` section: requests, and what the rest of the configuration is expected to do with
// them. Read here, run by proxy/explain/route_tests, which asks the code that serves traffic. Plain
// data, with places to point at when a test fails.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "conf/reader/position.h"

namespace poise::conf {

class YamlValue;

// One line of a test's `expect`.
struct Expectation {
  enum class Of : std::uint8_t {
    listener,
    route,
    pools,  // all that the route leads to, in any order
    redirect,
    status,
    cause,
    path,  // and query, as the backend gets it
    host,
    header,  // as the backend gets it
  };
  Of of = Of::route;
  std::string name{};                 // of a header
  std::vector<std::string> wanted{};  // one value; of pools one or more; empty: no such header
  Position at{};

  bool operator==(const Expectation&) const = default;
};

struct RouteTest {
  std::string request{};  // as poise explain takes it
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string from{};
  std::string listener{};  // to ask; "": whichever fits the request
  std::vector<Expectation> expect{};
  Position at{};  // of the request

  bool operator==(const RouteTest&) const = default;
};

RouteTest parse_route_test(YamlValue& value);

}  // namespace poise::conf
