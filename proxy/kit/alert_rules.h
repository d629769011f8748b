// The alerts that fit a configuration: for each of its listeners and pools, with thresholds from
// its own limits and timeouts, over the metrics of docs/operating.md. Pure.
#pragma once

#include <string>
#include <vector>

#include "conf/config.h"

namespace poise::kit {

struct AlertRule {
  enum class Severity : std::uint8_t { warning, critical };
  std::string name;  // as PagerDuty and the like show it: PoisePoolDown
  std::string expression;
  std::string lasting;  // how long it must hold: "1m"
  Severity severity = Severity::warning;
  std::string summary;
  std::string description;
};

// All about one listener or one pool, which is a label of each alert; or about the process.
struct AlertGroup {
  std::string name;
  std::string label;  // "listener", "pool"; empty: none
  std::string value;
  std::vector<AlertRule> rules;
};

std::vector<AlertGroup> alert_groups(const conf::Config& config);

// A rules file of Prometheus.
std::string render_rules(const std::vector<AlertGroup>& groups);

}  // namespace poise::kit
