#include "proxy/exchange/route_matcher.h"

#include <algorithm>

#include "proxy/exchange/query_text.h"

namespace poise::exchange {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }

std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) {
    const auto bracket = authority.find(']');
    return authority.substr(0, bracket == authority.npos ? bracket : bracket + 1);
  }
  return authority.substr(0, authority.find(':'));
}

// "*.example.com" is kept as ".example.com".
std::string host_pattern(std::string_view host) {
  if (host == "*") return {};
  if (host.starts_with("*.")) host.remove_prefix(1);
  const HostName name(host);
  // What is no name must not become "any host": kept as it is, no request's host equals it.
  return std::string(name.text().empty() ? host : name.text());
}

bool value_matches(std::string_view value, std::string_view wanted) {
  return wanted == "*" || value == wanted;
}

}  // namespace

HostName::HostName(std::string_view authority) {
  text_ = without_port(authority);
  if (text_.ends_with('.')) text_.remove_suffix(1);
  if (text_.size() > kLongest) text_ = {};
  if (std::none_of(text_.begin(), text_.end(), is_upper)) return;
  std::transform(text_.begin(), text_.end(), lowered_, to_lower);
  text_ = {lowered_, text_.size()};
}

std::string_view to_text(Condition condition) {
  switch (condition) {
    case Condition::none:
      return "none";
    case Condition::host:
      return "host";
    case Condition::path:
      return "path";
    case Condition::path_exact:
      return "path_exact";
    case Condition::path_regex:
      return "path_regex";
    case Condition::method:
      return "methods";
    case Condition::header:
      return "headers";
    case Condition::query:
      return "query";
    case Condition::source:
      return "source";
  }
  return {};
}

bool is_path_below(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  return prefix.empty() || prefix.back() == '/' || path.size() == prefix.size() ||
         path[prefix.size()] == '/';
}

RouteMatcher::RouteMatcher(const MatchConfig& config)
    : host_(host_pattern(config.host)),
      path_(config.path),
      path_exact_(config.path_exact),
      path_regex_text_(config.path_regex),
      methods_(config.methods),
      query_(config.query),
      source_(config.source) {
  if (!path_regex_text_.empty()) path_regex_.emplace(path_regex_text_);
  for (const auto& [name, value] : config.headers) {
    headers_.push_back({name, value, http::field_id_of(name)});
  }
}

Mismatch RouteMatcher::why_not(const RequestView& request) const {
  if (!host_matches(request.host)) return {Condition::host, host_};
  if (const auto mismatch = path_mismatch(request.head.path)) return mismatch;
  if (!method_matches(request.head.method_text)) return {Condition::method, {}};
  if (const auto mismatch = header_mismatch(request.head)) return mismatch;
  if (const auto mismatch = query_mismatch(request.head.query)) return mismatch;
  if (!source_.empty() && !net::contains(source_, request.client)) return {Condition::source, {}};
  return {};
}

bool RouteMatcher::host_matches(std::string_view host) const {
  if (host_.empty()) return true;
  if (host_.front() == '.') return host.size() > host_.size() && host.ends_with(host_);
  return host == host_;
}

bool RouteMatcher::method_matches(std::string_view method) const {
  return methods_.empty() || std::find(methods_.begin(), methods_.end(), method) != methods_.end();
}

Mismatch RouteMatcher::path_mismatch(std::string_view path) const {
  if (!path_exact_.empty() && path != path_exact_) return {Condition::path_exact, path_exact_};
  if (!is_path_below(path, path_)) return {Condition::path, path_};
  if (path_regex_ && !path_regex_->matches(path)) return {Condition::path_regex, path_regex_text_};
  return {};
}

Mismatch RouteMatcher::header_mismatch(const http::RequestHead& head) const {
  for (const auto& wanted : headers_) {
    // Host is kept apart from the fields.
    if (wanted.id == http::FieldId::host) {
      if (head.authority.empty() || !value_matches(head.authority, wanted.value)) {
        return {Condition::header, wanted.name};
      }
      continue;
    }
    const auto fields = head.fields.all();
    const bool found = std::any_of(fields.begin(), fields.end(), [&](const http::Field& field) {
      return field.id == wanted.id && value_matches(field.value, wanted.value) &&
             (wanted.id != http::FieldId::other ||
              http::equal_ignoring_case(field.name, wanted.name));
    });
    if (!found) return {Condition::header, wanted.name};
  }
  return {};
}

Mismatch RouteMatcher::query_mismatch(std::string_view query) const {
  for (const auto& [name, value] : query_) {
    if (!query_has(query, name, value)) return {Condition::query, name};
  }
  return {};
}

}  // namespace poise::exchange
