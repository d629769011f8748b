#include "balancing/hash_key.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/base/ascii.h"

namespace poise::balancing {
namespace {

using Kind = KeySource::Kind;

struct Word {
  std::string_view word;
  Kind kind;
};
constexpr Word kPlain[] = {
    {"client_ip", Kind::client_ip}, {"path", Kind::path}, {"sni", Kind::sni}};
constexpr Word kNamed[] = {
    {"header", Kind::header}, {"cookie", Kind::cookie}, {"query", Kind::query}};

// In a query anything visible may be a name.
bool is_visible(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// "" when `name` may be one.
std::string_view name_fault(Kind kind, std::string_view name) {
  if (name.empty()) return "has no name after its ':'";
  if (kind == Kind::query) return is_visible(name) ? "" : "may hold visible ASCII only";
  return base::ascii::is_token(name) ? "" : "holds what no such name may hold";
}

void report_unknown(conf::YamlValue& value, const std::string& text) {
  for (const auto& [word, kind] : kNamed) {
    if (text == word) return value.error("needs a name: " + text + ":NAME");
  }
  const std::string word = text.substr(0, text.find(':'));
  value.error("must be client_ip, header:NAME, cookie:NAME, query:NAME, path or sni, not " +
              conf::quoted(text) +
              conf::did_you_mean(word, {"client_ip", "header", "cookie", "query", "path", "sni"}));
}

void read_named(conf::YamlValue& value, const std::string& text, KeySource& source) {
  const auto colon = text.find(':');
  for (const auto& [word, kind] : kNamed) {
    if (colon == std::string::npos || text.substr(0, colon) != word) continue;
    const std::string name = text.substr(colon + 1);
    const std::string_view fault = name_fault(kind, name);
    if (!fault.empty()) return value.error(fault);
    source = {kind, name};
    return;
  }
  report_unknown(value, text);
}

}  // namespace

void read_key(conf::YamlMap& options, KeySource& source) {
  options.with("key", [&](conf::YamlValue& value) {
    const auto text = value.text();
    if (!text) return;
    for (const auto& [word, kind] : kPlain) {
      if (*text != word) continue;
      source = {kind, {}};
      return;
    }
    read_named(value, *text, source);
  });
}

std::string to_text(const KeySource& source) {
  for (const auto& [word, kind] : kPlain) {
    if (kind == source.kind) return std::string(word);
  }
  for (const auto& [word, kind] : kNamed) {
    if (kind == source.kind) return std::string(word) + ":" + source.name;
  }
  return {};
}

}  // namespace poise::balancing
