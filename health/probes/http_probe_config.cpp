#include <algorithm>
#include <charconv>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "health/probes/http_probe.h"
#include "proxy/http/field_syntax.h"
#include "proxy/http/fields.h"

namespace poise::health {
namespace {

bool is_capital(char c) { return (c >= 'A' && c <= 'Z') || c == '-'; }

void read_method(conf::YamlValue& value, std::string& out) {
  const auto method = value.text();
  if (!method) return;
  const bool good = !method->empty() && std::all_of(method->begin(), method->end(), is_capital);
  if (!good || *method == "CONNECT") {
    return value.error("must be a method such as GET or HEAD, not " + conf::quoted(*method));
  }
  out = *method;
}

void read_path(conf::YamlValue& value, std::string& out) {
  const auto path = value.text();
  if (!path) return;
  if (!path->starts_with('/')) {
    return value.error("must begin with '/', not be " + conf::quoted(*path));
  }
  if (!http::is_target(*path)) return value.error("may hold visible ASCII only, and no '#'");
  out = *path;
}

void read_host(conf::YamlValue& value, std::string& out) {
  const auto host = value.text();
  if (!host || host->empty()) return;
  base::Arena arena;
  if (!http::parse_authority(*host, arena)) {
    return value.error("must be a host such as app.example.com, not " + conf::quoted(*host));
  }
  out = *host;
}

void read_header(const std::string& name, conf::YamlValue& value, HttpProbeConfig& config) {
  const auto text = value.text();
  if (!text) return;
  if (!http::is_token(name)) return value.error_at_key("is not a valid header name");
  if (!http::is_field_value(*text)) return value.error("is not a valid header value");
  if (http::is_framing_field(name)) return value.error_at_key("belongs to the connection");
  if (http::equal_ignoring_case(name, "host")) {
    return value.error_at_key("cannot be set here; use 'host'");
  }
  config.headers.emplace_back(name, *text);
}

std::optional<int> status_of(std::string_view text) {
  int status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || text.size() != 3 || status < 100 || status > 599) return std::nullopt;
  return status;
}

void read_status(conf::YamlValue& value, std::vector<StatusRange>& ranges) {
  const auto text = value.text();
  if (!text) return;
  const std::size_t dash = text->find('-');
  const auto least = status_of(text->substr(0, dash));
  const auto most = dash == std::string::npos ? least : status_of(text->substr(dash + 1));
  if (!least || !most || *least > *most) {
    return value.error("must be a status such as 204, or a range such as 200-299, not " +
                       conf::quoted(*text));
  }
  ranges.push_back({*least, *most});
}

void read_statuses(conf::YamlValue& value, std::vector<StatusRange>& ranges) {
  std::vector<StatusRange> found;
  if (!value.is_list()) {
    read_status(value, found);
  } else {
    if (value.size() == 0) value.error("must name at least one status");
    value.each([&](conf::YamlValue& entry) { read_status(entry, found); });
  }
  if (!found.empty()) ranges = std::move(found);
}

void read_regex(conf::YamlValue& value, std::optional<base::Regex>& regex) {
  const auto pattern = value.text();
  if (!pattern) return;
  if (const auto fault = base::regex_error(*pattern)) {
    return value.error("is no regular expression: " + *fault);
  }
  regex.emplace(*pattern);
}

// A text that must stand in the body, or { regex: … } that must match a part of it.
void read_body(conf::YamlValue& value, HttpProbeConfig& config) {
  if (!value.is_map()) return value.read(config.expect_text);
  value.read_map(value.what(), [&](conf::YamlMap& map) {
    if (!map.has("regex")) map.error(map.owner() + " has no 'regex'");
    map.with("regex", [&](conf::YamlValue& regex) { read_regex(regex, config.expect_regex); });
  });
}

}  // namespace

std::shared_ptr<const ProbePlan> parse_http_probe(conf::YamlMap& node) {
  HttpProbeConfig config;
  node.with("method", [&](conf::YamlValue& value) { read_method(value, config.method); });
  node.with("path", [&](conf::YamlValue& value) { read_path(value, config.path); });
  node.with("host", [&](conf::YamlValue& value) { read_host(value, config.host); });
  node.entries("headers", [&](const std::string& name, conf::YamlValue& value) {
    read_header(name, value, config);
  });
  node.with("expect_status",
            [&](conf::YamlValue& value) { read_statuses(value, config.expect_status); });
  node.with("expect_body", [&](conf::YamlValue& value) { read_body(value, config); });
  const bool wants_body = !config.expect_text.empty() || config.expect_regex;
  if (config.method == "HEAD" && wants_body) {
    node.error_at("expect_body", "'expect_body' cannot be met: an answer to HEAD has no body");
  }
  return make_http_probe(std::move(config));
}

}  // namespace poise::health
