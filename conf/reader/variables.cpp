#include "conf/reader/variables.h"

#include <cstdlib>

#include "conf/reader/suggestion.h"

namespace poise::conf {

namespace {

bool is_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

struct Reference {
  std::string name;
  std::optional<std::string> fallback;
};

Reference split(std::string_view inside) {
  const auto mark = inside.find(":-");
  if (mark == std::string_view::npos) return {std::string(inside), std::nullopt};
  return {std::string(inside.substr(0, mark)), std::string(inside.substr(mark + 2))};
}

// The text for what stands between the braces; on a fault, its message goes into `fault`.
std::string look_up(std::string_view inside, const Environment& environment, std::string& fault) {
  const Reference reference = split(inside);
  if (!is_name(reference.name)) {
    fault = quoted(reference.name) + " is no variable name; write $${ for a literal ${";
    return {};
  }
  if (reference.fallback && reference.fallback->find("${") != std::string::npos) {
    fault = "the default of '" + reference.name + "' cannot hold another variable";
    return {};
  }
  const auto value = environment(reference.name);
  if (value && !(value->empty() && reference.fallback)) return *value;
  if (reference.fallback) return *reference.fallback;
  fault = "environment variable '" + reference.name + "' is not set and has no default";
  return {};
}

}  // namespace

std::optional<std::string> read_process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Expansion expand_variables(std::string_view value, const Environment& environment) {
  Expansion result;
  std::size_t done = 0;
  for (auto at = value.find("${"); at != std::string_view::npos; at = value.find("${", done)) {
    if (at > done && value[at - 1] == '$') {
      result.text.append(value.substr(done, at - 1 - done)).append("${");
      done = at + 2;
      continue;
    }
    result.text.append(value.substr(done, at - done));
    const auto end = value.find('}', at);
    if (end == std::string_view::npos) {
      result.faults.push_back(
          {at, value.size() - at, "'${' without its '}'; write $${ for a literal"});
      return result;
    }
    std::string fault;
    result.text += look_up(value.substr(at + 2, end - at - 2), environment, fault);
    result.replaced = true;
    if (!fault.empty()) result.faults.push_back({at, end + 1 - at, std::move(fault)});
    done = end + 1;
  }
  result.text.append(value.substr(done));
  return result;
}

}  // namespace poise::conf
