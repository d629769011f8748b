#include "proxy/exchange/route_table.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace poise::exchange {
namespace {

// Asking so few routes one after the other is faster than hashing a path.
constexpr std::size_t kFew = 6;
constexpr int kNone = std::numeric_limits<int>::max();

bool takes_all(const MatchConfig& match) {
  return match.host.empty() && match.path.empty() && match.path_exact.empty() &&
         match.path_regex.empty() && match.methods.empty() && match.headers.empty() &&
         match.query.empty() && match.source.empty();
}

}  // namespace

RouteTable::RouteTable(const std::vector<RouteConfig>& routes)
    : first_takes_all_(!routes.empty() && takes_all(routes.front().match)) {
  matchers_.reserve(routes.size());
  for (const auto& route : routes) {
    const int index = static_cast<int>(matchers_.size());
    const std::string host(matchers_.emplace_back(route.match).host());
    const bool is_wildcard = host.starts_with('.');
    if (is_wildcard && host.size() <= HostName::kLongest) wildcard_lengths_.set(host.size());
    PathIndex& paths = host.empty() ? any_host_ : (is_wildcard ? wildcards_ : hosts_)[host];
    paths.all.push_back(index);
  }
  index_paths(any_host_);
  for (auto& [host, paths] : hosts_) index_paths(paths);
  for (auto& [suffix, paths] : wildcards_) index_paths(paths);
}

void RouteTable::index_paths(PathIndex& paths) const {
  if (paths.all.size() <= kFew) {
    paths.unindexed = std::exchange(paths.all, {});
    return;
  }
  for (const int route : paths.all) {
    const RouteMatcher& matcher = matchers_[static_cast<std::size_t>(route)];
    if (!matcher.path_exact().empty()) {
      paths.exact[std::string(matcher.path_exact())].push_back(route);
    } else if (!matcher.path_prefix().empty()) {
      paths.prefixes[std::string(matcher.path_prefix())].push_back(route);
      paths.longest_prefix = std::max(paths.longest_prefix, matcher.path_prefix().size());
    } else {
      paths.unindexed.push_back(route);
    }
  }
  paths.all = {};
}

int RouteTable::find(const http::RequestHead& head, const net::Address& client) const {
  if (first_takes_all_) return 0;
  const HostName host(head.authority);
  const RequestView request{host.text(), head, client};
  int best = kNone;
  if (!hosts_.empty()) {
    const auto named = hosts_.find(request.host);
    if (named != hosts_.end()) consider(named->second, request, best);
  }
  consider_wildcards(request, best);
  consider(any_host_, request, best);
  return best == kNone ? -1 : best;
}

Mismatch RouteTable::why_not(int route, const http::RequestHead& head,
                             const net::Address& client) const {
  const HostName host(head.authority);
  return matchers_.at(static_cast<std::size_t>(route)).why_not({host.text(), head, client});
}

void RouteTable::consider_wildcards(const RequestView& request, int& best) const {
  if (wildcards_.empty()) return;
  for (auto dot = request.host.find('.'); dot != request.host.npos;
       dot = request.host.find('.', dot + 1)) {
    const std::string_view suffix = request.host.substr(dot);
    // A name of many labels must not cost a lookup each.
    if (!wildcard_lengths_.test(suffix.size())) continue;
    const auto found = wildcards_.find(suffix);
    if (found != wildcards_.end()) consider(found->second, request, best);
  }
}

void RouteTable::consider(const PathIndex& paths, const RequestView& request, int& best) const {
  const std::string_view path = request.head.path;
  if (!paths.exact.empty()) consider(paths.exact, path, request, best);
  // A prefix ends after a slash or before one, or is the whole path (is_path_below).
  const std::size_t longest = std::min(paths.longest_prefix, path.size());
  for (std::size_t end = 1; end <= longest; ++end) {
    const bool can_end = path[end - 1] == '/' || end == path.size() || path[end] == '/';
    if (can_end) consider(paths.prefixes, path.substr(0, end), request, best);
  }
  consider(paths.unindexed, request, best);
}

void RouteTable::consider(const TextMap<Candidates>& lists, std::string_view key,
                          const RequestView& request, int& best) const {
  const auto found = lists.find(key);
  if (found != lists.end()) consider(found->second, request, best);
}

void RouteTable::consider(const Candidates& candidates, const RequestView& request,
                          int& best) const {
  for (const int route : candidates) {
    if (route >= best) return;
    if (!matchers_[static_cast<std::size_t>(route)].matches(request)) continue;
    best = route;
    return;
  }
}

}  // namespace poise::exchange
