#include <algorithm>
#include <string_view>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/base/regex.h"
#include "proxy/exchange/route_parts.h"
#include "proxy/http/field_syntax.h"
#include "proxy/net/address_config.h"

namespace poise::exchange {

namespace {

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_lower(char c) { return to_upper(c) != c; }

bool is_host_character(char c) {
  return is_lower(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

// "" when `host`, in lower case, is "*", a name, "*." and a name, or "[" IPv6 "]".
std::string_view host_fault(std::string_view host) {
  if (host == "*") return {};
  if (host.starts_with('[')) {
    if (host.ends_with(']')) return {};
    return "must be a host without a port";
  }
  if (host.starts_with("*.")) host.remove_prefix(2);
  if (host.find('*') != std::string_view::npos) return "may have '*' only as its first part, '*.'";
  if (host.find(':') != std::string_view::npos) return "must be a host without a port";
  if (host.empty() || host.front() == '.') return "must be a host name such as api.example.com";
  if (std::all_of(host.begin(), host.end(), is_host_character)) return {};
  return "must be a host name such as api.example.com";
}

void read_host(conf::YamlValue& value, std::string& out) {
  auto host = value.text();
  if (!host) return;
  std::transform(host->begin(), host->end(), host->begin(), to_lower);
  const std::string_view fault = host_fault(*host);
  if (!fault.empty()) return value.error(std::string(fault) + ", not " + conf::quoted(*host));
  out = std::move(*host);
}

void read_path(conf::YamlValue& value, std::string& out) {
  const auto path = value.text();
  if (!path) return;
  if (!path->starts_with('/')) {
    return value.error("must begin with '/', not be " + conf::quoted(*path));
  }
  if (path->find_first_of("?#") != std::string::npos) {
    return value.error("is compared with the path alone, which has no '?' or '#'");
  }
  if (!http::is_visible(*path)) return value.error("may hold visible ASCII only, the rest as %XX");
  out = *path;
}

void read_path_regex(conf::YamlValue& value, std::string& out) {
  const auto pattern = value.text();
  if (!pattern) return;
  if (const auto fault = base::regex_error(*pattern)) {
    return value.error("is no regular expression: " + *fault);
  }
  out = *pattern;
}

void read_method(conf::YamlValue& value, std::vector<std::string>& methods) {
  const auto method = value.text();
  if (!method) return;
  if (!http::is_token(*method)) {
    return value.error("must be a method such as GET, not " + conf::quoted(*method));
  }
  if (std::any_of(method->begin(), method->end(), is_lower)) {
    std::string upper = *method;
    std::transform(upper.begin(), upper.end(), upper.begin(), to_upper);
    return value.error("must be in capitals, not " + conf::quoted(*method) + "; did you mean " +
                       conf::quoted(upper) + "?");
  }
  methods.push_back(*method);
}

void read_query(const std::string& name, conf::YamlValue& value, MatchConfig& match) {
  if (name.empty()) return value.error_at_key("must not be empty");
  if (const auto text = value.text()) match.query.emplace_back(name, *text);
}

void parse_methods(conf::YamlMap& node, std::vector<std::string>& methods) {
  node.each("methods", [&](conf::YamlValue& value) { read_method(value, methods); });
  node.with("methods", [&](conf::YamlValue& value) {
    if (value.is_list() && value.size() == 0) {
      value.error("must name at least one method; leave it out to take all");
    }
  });
}

void read_protocol(conf::YamlValue& value, std::vector<std::string>& protocols) {
  constexpr std::size_t kLongest = 255;  // RFC 7301 section 3.1
  const auto name = value.text();
  if (!name) return;
  if (name->empty() || name->size() > kLongest || !http::is_visible(*name)) {
    return value.error("must be a protocol such as h2 or http/1.1, not " + conf::quoted(*name));
  }
  protocols.push_back(*name);
}

// One, or a list of which any will do.
void parse_protocols(conf::YamlMap& node, std::vector<std::string>& protocols) {
  node.with("alpn", [&](conf::YamlValue& value) {
    if (!value.is_list()) return read_protocol(value, protocols);
    if (value.size() == 0) value.error("must name at least one protocol");
    value.each([&](conf::YamlValue& item) { read_protocol(item, protocols); });
  });
}

}  // namespace

MatchConfig parse_match(conf::YamlMap& node) {
  MatchConfig match;
  node.with("host", [&](conf::YamlValue& value) { read_host(value, match.host); });
  node.with("path", [&](conf::YamlValue& value) { read_path(value, match.path); });
  node.with("path_exact", [&](conf::YamlValue& value) { read_path(value, match.path_exact); });
  node.with("path_regex",
            [&](conf::YamlValue& value) { read_path_regex(value, match.path_regex); });
  parse_methods(node, match.methods);
  node.entries("headers", [&](const std::string& name, conf::YamlValue& value) {
    const auto text = value.text();
    if (text && is_good_header(value, name, *text)) match.headers.emplace_back(name, *text);
  });
  node.entries("query", [&](const std::string& name, conf::YamlValue& value) {
    read_query(name, value, match);
  });
  net::read_networks(node, "source", match.source);
  node.with("sni", [&](conf::YamlValue& value) { read_host(value, match.sni); });
  parse_protocols(node, match.alpn);
  return match;
}

}  // namespace poise::exchange
