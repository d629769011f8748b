// How the fitness of a pool's backends is judged: `active` asks them, `passive` looks at how their
// traffic fares. Plain data: read once, then constant.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "health/probe.h"
#include "proxy/base/clock.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::health {

enum class Initial : std::uint8_t { up, down };

struct ActiveConfig {
  std::shared_ptr<const ProbePlan> probe;  // null: nobody is asked
  base::Duration interval = std::chrono::seconds(5);
  base::Duration interval_down{0};  // of a backend that is down; 0: as `interval`
  double jitter = 0.10;
  base::Duration timeout = std::chrono::seconds(2);
  base::Duration max_latency{0};  // 0: none
  std::uint32_t rise = 2;
  std::uint32_t fall = 3;
  std::uint16_t port = 0;  // 0: the backend's own
  Initial initial = Initial::up;
  // What connections of the pool begin with on nobody's behalf, and its TLS; a port of the probes'
  // own knows nothing of either.
  std::string greeting{};
  std::optional<tls::ClientConfig> tls{};

  bool operator==(const ActiveConfig& other) const;
};

struct PassiveConfig {
  bool enabled = true;
  std::uint32_t consecutive_failures = 5;  // 0: not judged
  base::Duration window = std::chrono::seconds(10);
  double failure_percent = 0;  // 0: not judged
  std::uint32_t min_requests = 20;
  double latency_factor = 0;  // 0: not judged
  base::Duration eject = std::chrono::seconds(30);
  base::Duration max_eject = std::chrono::minutes(5);
  double max_ejected = 0.50;

  bool operator==(const PassiveConfig&) const = default;
  bool wants_window() const { return enabled && (failure_percent > 0 || latency_factor > 0); }
};

struct HealthConfig {
  ActiveConfig active;
  PassiveConfig passive;

  bool operator==(const HealthConfig&) const = default;
};

HealthConfig parse_health(conf::YamlMap& node);

}  // namespace poise::health
