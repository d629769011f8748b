#include "proxy/tracing/tracing_config.h"

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/http/field_syntax.h"
#include "proxy/http/fields.h"
#include "proxy/http/validate.h"
#include "proxy/net/address_config.h"

namespace poise::tracing {
namespace {

constexpr std::string_view kScheme = "http://";

// "http://HOST[:PORT][/PATH]": 4318 and /v1/traces are what OTLP over HTTP means without.
void read_url(conf::YamlValue& value, OtlpTarget& target) {
  const auto url = value.text();
  if (!url) return;
  if (url->starts_with("https://")) {
    return value.error("must begin with http://: spans are sent without TLS");
  }
  if (!url->starts_with(kScheme)) {
    return value.error("must be a URL such as http://127.0.0.1:4318/v1/traces, not " +
                       conf::quoted(*url));
  }
  const std::string rest = url->substr(kScheme.size());
  const std::size_t slash = rest.find('/');
  target.authority = rest.substr(0, slash);
  target.path = slash == rest.npos ? "/v1/traces" : rest.substr(slash);
  if (!http::is_target(target.path)) {
    return value.error("has a path with other than visible ASCII, or with '#'");
  }
  const bool has_port =
      target.authority.rfind(':') != std::string::npos && target.authority.back() != ']';
  conf::YamlNode place;
  place.kind = conf::YamlNode::Kind::scalar;
  place.at = value.at();
  place.text = has_port ? target.authority : target.authority + ":4318";
  const std::size_t before = value.diagnostics().error_count();
  conf::YamlValue address(place, value.at(), value.what(), value.diagnostics());
  net::read_backend_address(address, target.address, target.name);
  if (value.diagnostics().error_count() == before) target.url = *url;
}

void read_header(const std::string& name, conf::YamlValue& value, OtlpTarget& target) {
  const auto text = value.text();
  if (!text) return;
  if (!http::is_token(name)) return value.error_at_key("is not a valid header name");
  if (!http::is_field_value(*text)) return value.error("is not a valid header value");
  if (http::is_framing_field(name) || http::equal_ignoring_case(name, "host") ||
      http::equal_ignoring_case(name, "content-type")) {
    return value.error_at_key("is set by poise itself");
  }
  target.headers.emplace_back(name, *text);
}

}  // namespace

TracingConfig parse_tracing(conf::YamlMap& node) {
  TracingConfig tracing;
  tracing.enabled = true;
  node.read_percent("sample", tracing.sample);
  node.with("otlp", [&](conf::YamlValue& value) { read_url(value, tracing.otlp); });
  node.entries("headers", [&](const std::string& name, conf::YamlValue& value) {
    read_header(name, value, tracing.otlp);
  });
  node.read_name("service", tracing.service);
  if (node.has("headers") && !node.has("otlp")) {
    node.error_at("headers", "'headers' in 'tracing' go with spans: 'otlp' says where to");
  }
  return tracing;
}

}  // namespace poise::tracing
