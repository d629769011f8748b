// Whether and how requests are traced: `tracing: { sample: 1%, otlp:
// http://127.0.0.1:4318/v1/traces, service: poise }`. Left out, traces of others pass through as
// they are.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "proxy/net/address.h"
#include "proxy/net/resolution.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::tracing {

// Where spans go: OTLP over HTTP, in JSON.
struct OtlpTarget {
  std::string url{};        // as written; empty: nowhere
  std::string authority{};  // for Host
  std::string path{};
  net::Address address{};  // or a name to ask for
  net::Question name{};
  std::vector<std::pair<std::string, std::string>> headers{};  // sent with each batch

  bool is_set() const { return !url.empty(); }
  bool operator==(const OtlpTarget&) const = default;
};

struct TracingConfig {
  bool enabled = false;
  double sample = 0.01;  // of the traces that begin here
  std::string service = "poise";
  OtlpTarget otlp{};

  bool operator==(const TracingConfig&) const = default;
};

TracingConfig parse_tracing(conf::YamlMap& node);

}  // namespace poise::tracing
