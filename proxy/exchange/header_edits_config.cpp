#include <string_view>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/exchange/route_parts.h"
#include "proxy/http/field_syntax.h"
#include "proxy/http/fields.h"

namespace poise::exchange {

namespace {

// An edit of these would break the framing of the message or its delivery.
std::string_view edit_fault(std::string_view name) {
  if (http::is_framing_field(name)) return "belongs to the connection and cannot be edited";
  if (http::equal_ignoring_case(name, "host"))
    return "cannot be edited here; use 'rewrite: { host: … }'";
  return {};
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void read_edits(conf::YamlMap& node, std::string_view key, Pairs& edits) {
  node.entries(key, [&](const std::string& name, conf::YamlValue& value) {
    const auto text = value.text();
    if (!text || !is_good_header(value, name, *text)) return;
    const std::string_view fault = edit_fault(name);
    if (!fault.empty()) return value.error_at_key(fault);
    edits.emplace_back(name, *text);
  });
}

void read_removal(conf::YamlValue& value, std::vector<std::string>& remove) {
  const auto name = value.text();
  if (!name) return;
  if (!http::is_token(*name)) {
    return value.error("must be a header name, not " + conf::quoted(*name));
  }
  const std::string_view fault = edit_fault(*name);
  if (!fault.empty()) return value.error(fault);
  remove.push_back(*name);
}

}  // namespace

bool is_good_header(conf::YamlValue& value, const std::string& name, const std::string& text) {
  if (!http::is_token(name)) {
    value.error_at_key("is not a valid header name");
    return false;
  }
  if (http::is_field_value(text)) return true;
  value.error("is not a valid header value: no line breaks, control characters or outer spaces");
  return false;
}

HeaderEdits parse_header_edits(conf::YamlMap& node) {
  HeaderEdits edits;
  read_edits(node, "set", edits.set);
  read_edits(node, "add", edits.add);
  node.each("remove", [&](conf::YamlValue& value) { read_removal(value, edits.remove); });
  return edits;
}

}  // namespace poise::exchange
