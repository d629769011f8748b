#include "proxy/base/json_text.h"
#include "proxy/kit/alert_rules.h"

namespace poise::kit {
namespace {

// A JSON string is a YAML string.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  base::append_json_escaped(out, text);
  return out + '"';
}

std::string label_of(const AlertGroup& group) {
  return group.label.empty() ? "" : ", " + group.label + ": " + quoted(group.value);
}

std::string rule_text(const AlertRule& rule, const std::string& label) {
  const bool critical = rule.severity == AlertRule::Severity::critical;
  return "      - alert: " + rule.name + "\n        expr: " + quoted(rule.expression) +
         "\n        for: " + rule.lasting +
         "\n        labels: { severity: " + (critical ? "critical" : "warning") + label +
         " }\n        annotations:\n          summary: " + quoted(rule.summary) +
         "\n          description: " + quoted(rule.description) + "\n";
}

}  // namespace

std::string render_rules(const std::vector<AlertGroup>& groups) {
  std::string text =
      "# Made by `poise alerts` of a configuration; make it anew when that changes.\n"
      "groups:\n";
  for (const AlertGroup& group : groups) {
    text += "  - name: " + quoted(group.name) + "\n    rules:\n";
    for (const AlertRule& rule : group.rules) text += rule_text(rule, label_of(group));
  }
  return text;
}

}  // namespace poise::kit
