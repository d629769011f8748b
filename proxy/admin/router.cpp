#include "proxy/admin/router.h"

#include <algorithm>
#include <optional>

#include "proxy/admin/url_text.h"

namespace poise::admin {
namespace {

using http::Method;
using Parameters = std::vector<std::string>;

std::string_view take_segment(std::string_view& path) {
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(segment.size() + 1, path.size()));
  return segment;
}

// An encoded slash parts nothing: names of backends may have one.
std::optional<Parameters> match(std::string_view pattern, std::string_view path) {
  if (std::count(pattern.begin(), pattern.end(), '/') != std::count(path.begin(), path.end(), '/'))
    return std::nullopt;
  Parameters parameters;
  while (!pattern.empty() || !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view found = take_segment(path);
    if (!wanted.starts_with('{')) {
      if (wanted != found) return std::nullopt;
      continue;
    }
    if (found.empty()) return std::nullopt;
    parameters.push_back(percent_decoded(found));
  }
  return parameters;
}

void allow(std::string& allowed, Method method) {
  const std::string_view words = method == Method::get ? "GET, HEAD" : "POST";
  if (allowed.find(words) != allowed.npos) return;
  if (!allowed.empty()) allowed += ", ";
  allowed += words;
}

}  // namespace

Found Router::find(Method method, std::string_view path) const {
  const Method wanted = method == Method::head ? Method::get : method;
  Found found;
  for (const Endpoint& endpoint : endpoints_) {
    auto parameters = match(endpoint.path, path);
    if (!parameters) continue;
    if (endpoint.method == wanted) return {&endpoint, std::move(*parameters)};
    allow(found.allowed, endpoint.method);
  }
  return found;
}

}  // namespace poise::admin
