#include "health/health_config.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "health/probes.h"

namespace poise::health {
namespace {

using namespace std::chrono_literals;

// Every name the configuration may hold; those not in all_probes() are not built yet.
constexpr std::array<std::string_view, 4> kKinds{"tcp", "http", "grpc", "tls"};

constexpr conf::Range<base::Duration> kInterval{10ms, 24h};
constexpr conf::Range<base::Duration> kTimeout{1ms, 1h};
constexpr conf::Range<base::Duration> kWindow{500ms, 1h};
constexpr conf::Range<base::Duration> kEject{100ms, 24h};
constexpr conf::Range<std::uint32_t> kThreshold{1, 1000};
constexpr conf::Range<std::uint32_t> kPort{1, 65'535};
constexpr conf::Range<std::uint32_t> kFailures{0, 1'000'000};
constexpr conf::Range<std::uint32_t> kRequests{1, 1'000'000};
constexpr double kLeastFactor = 1.5;  // below, the noise of two medians decides
constexpr double kMostFactor = 1000;

// nullptr, with the reason reported, when no such kind can be used.
const ProbeKind* read_kind(conf::YamlValue& value) {
  const auto name = value.text();
  if (!name) return nullptr;
  if (const ProbeKind* kind = find_probe(*name)) return kind;
  if (std::find(kKinds.begin(), kKinds.end(), *name) != kKinds.end()) {
    value.error("is " + conf::quoted(*name) + ", which is not supported yet");
    return nullptr;
  }
  conf::report_choice(value, *name, std::vector<std::string>(kKinds.begin(), kKinds.end()));
  return nullptr;
}

void parse_probe(conf::YamlMap& node, ActiveConfig& active) {
  const ProbeKind* kind = find_probe("http");
  node.with("type", [&](conf::YamlValue& value) { kind = read_kind(value); });
  if (kind == nullptr) return node.ignore_rest();
  active.probe = kind->parse(node);
}

void check_times(conf::YamlMap& node, const ActiveConfig& active) {
  if (active.max_latency < active.timeout) return;
  node.error_at("max_latency", "'max_latency' must be less than 'timeout' (" +
                                   conf::to_text(active.timeout) + "), which ends the probe");
}

void parse_active(conf::YamlMap& node, ActiveConfig& active) {
  node.read_duration("interval", active.interval, kInterval);
  node.read_duration("interval_down", active.interval_down, kInterval);
  node.read_percent("jitter", active.jitter);
  node.read_duration("timeout", active.timeout, kTimeout);
  node.read_duration("max_latency", active.max_latency);
  node.read("rise", active.rise, kThreshold);
  node.read("fall", active.fall, kThreshold);
  std::uint32_t port = active.port;
  node.read("port", port, kPort);
  active.port = static_cast<std::uint16_t>(port);
  node.read_choice<Initial>("initial", active.initial,
                            {{"up", Initial::up}, {"down", Initial::down}});
  check_times(node, active);
  parse_probe(node, active);
}

void read_factor(conf::YamlValue& value, double& factor) {
  double read = factor;
  value.read_decimal(read, {0, kMostFactor});
  if (read != 0 && read < kLeastFactor) {
    return value.error("must be at least 1.5, or 0 to be off");
  }
  factor = read;
}

void parse_passive(conf::YamlMap& node, PassiveConfig& passive) {
  node.read("consecutive_failures", passive.consecutive_failures, kFailures);
  node.read_duration("window", passive.window, kWindow);
  node.read_percent("failure_percent", passive.failure_percent);
  node.read("min_requests", passive.min_requests, kRequests);
  node.with("latency_factor",
            [&](conf::YamlValue& value) { read_factor(value, passive.latency_factor); });
  node.read_duration("eject", passive.eject, kEject);
  const bool has_most = node.has("max_eject");
  node.read_duration("max_eject", passive.max_eject, kEject);
  node.read_percent("max_ejected", passive.max_ejected);
  if (!has_most) passive.max_eject = std::max(passive.max_eject, passive.eject);
  if (passive.max_eject < passive.eject) {
    node.error_at("max_eject", "'max_eject' must not be less than 'eject' (" +
                                   conf::to_text(passive.eject) +
                                   "), the length of the first ejection");
  }
}

bool is_off(conf::YamlValue& value) { return value.is_text() && value.text() == "off"; }

}  // namespace

bool ActiveConfig::operator==(const ActiveConfig& other) const {
  const auto numbers = [](const ActiveConfig& c) {
    return std::tie(c.interval, c.interval_down, c.jitter, c.timeout, c.max_latency, c.rise, c.fall,
                    c.port, c.initial, c.greeting, c.tls);
  };
  if (numbers(*this) != numbers(other)) return false;
  if (probe == other.probe) return true;
  if (probe == nullptr || other.probe == nullptr) return false;
  return probe->kind() == other.probe->kind() && probe->settings() == other.probe->settings();
}

HealthConfig parse_health(conf::YamlMap& node) {
  HealthConfig health;
  node.with("active", [&](conf::YamlValue& value) {
    if (is_off(value)) return;
    value.read_map(value.what(), [&](conf::YamlMap& map) { parse_active(map, health.active); });
  });
  node.with("passive", [&](conf::YamlValue& value) {
    if (is_off(value)) {
      health.passive.enabled = false;
      return;
    }
    value.read_map(value.what(), [&](conf::YamlMap& map) { parse_passive(map, health.passive); });
  });
  return health;
}

}  // namespace poise::health
