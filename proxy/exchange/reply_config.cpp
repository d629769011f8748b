#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/exchange/route_parts.h"
#include "proxy/http/field_syntax.h"

namespace poise::exchange {

namespace {

constexpr std::size_t kLargestBody = std::size_t{1} << 20;
constexpr std::array<int, 5> kRedirectStatuses{301, 302, 303, 307, 308};

// The first "{…}" in `to` that is no placeholder, with its braces; empty when all are known.
std::string_view unknown_placeholder(std::string_view to) {
  for (auto open = to.find('{'); open != to.npos; open = to.find('{', open + 1)) {
    const auto close = to.find('}', open);
    const std::string_view whole = to.substr(open, close == to.npos ? close : close + 1 - open);
    if (whole != "{path}" && whole != "{query}" && whole != "{host}") return whole;
  }
  return {};
}

bool is_absolute(std::string_view to) {
  return to.starts_with('/') || to.starts_with("http://") || to.starts_with("https://") ||
         to.starts_with("{path}");
}

void read_target(conf::YamlValue& value, std::string& out) {
  const auto to = value.text();
  if (!to) return;
  if (!is_absolute(*to)) {
    return value.error("must begin with '/', 'http://' or 'https://', not be " + conf::quoted(*to));
  }
  if (!http::is_visible(*to)) return value.error("may hold visible ASCII only, the rest as %XX");
  const std::string_view unknown = unknown_placeholder(*to);
  if (!unknown.empty()) {
    return value.error("holds " + conf::quoted(unknown) +
                       ", which is none of {path}, {query}, {host}" +
                       conf::did_you_mean(unknown, {"{path}", "{query}", "{host}"}));
  }
  out = *to;
}

void read_redirect_status(conf::YamlValue& value, int& out) {
  std::uint32_t status = 0;
  const std::size_t before = value.diagnostics().error_count();
  value.read(status);
  if (value.diagnostics().error_count() > before) return;
  const int chosen = static_cast<int>(std::min(status, 1000U));
  if (std::find(kRedirectStatuses.begin(), kRedirectStatuses.end(), chosen) ==
      kRedirectStatuses.end()) {
    return value.mismatch("301, 302, 303, 307 or 308");
  }
  out = chosen;
}

}  // namespace

namespace {

// "https", or "https:8443" where that port is not 443: the same place, but secured.
void read_secured_place(conf::YamlValue& value, RedirectConfig& redirect) {
  const auto text = value.text();
  if (!text) return;
  const std::string_view port = std::string_view(*text).substr(text->starts_with("https") ? 5 : 0);
  const bool has_port = port.size() > 1 && port.size() <= 6 && port.front() == ':' &&
                        port.find_first_not_of("0123456789", 1) == port.npos;
  if (!text->starts_with("https") || !(port.empty() || has_port)) {
    return value.error("must be 'https', 'https:PORT' or { to: URL }, not " + conf::quoted(*text) +
                       conf::did_you_mean(*text, {"https"}));
  }
  redirect = {"https://{host}" + std::string(port) + "{path}{query}", 308};
}

RedirectConfig parse_redirect_map(conf::YamlMap& node) {
  RedirectConfig redirect;
  if (!node.has("to")) node.error(node.owner() + " has no 'to'");
  node.with("to", [&](conf::YamlValue& value) { read_target(value, redirect.to); });
  node.with("status", [&](conf::YamlValue& v) { read_redirect_status(v, redirect.status); });
  return redirect;
}

}  // namespace

RedirectConfig parse_redirect(conf::YamlMap& owner) {
  RedirectConfig redirect;
  bool is_short = false;
  owner.with("redirect", [&](conf::YamlValue& value) {
    is_short = value.is_text();
    if (is_short) read_secured_place(value, redirect);
  });
  if (is_short) return redirect;
  owner.read_map("redirect", [&](conf::YamlMap& map) { redirect = parse_redirect_map(map); });
  return redirect;
}

RespondConfig parse_respond(conf::YamlMap& node) {
  RespondConfig respond;
  node.with("status", [&](conf::YamlValue& value) {
    value.read_status(respond.status, {200, 599});
  });
  node.read("body", respond.body);
  node.read("content_type", respond.content_type);
  if (respond.body.size() > kLargestBody) node.error_at("body", "'body' is larger than 1 MiB");
  const bool has_no_body = respond.status == 204 || respond.status == 304;
  if (has_no_body && !respond.body.empty()) {
    node.error_at("body",
                  "a response with status " + std::to_string(respond.status) + " has no body");
  }
  if (respond.content_type.empty() || !http::is_field_value(respond.content_type)) {
    node.error_at("content_type",
                  "'content_type' in " + node.owner() + " is not a valid header value");
  }
  return respond;
}

}  // namespace poise::exchange
