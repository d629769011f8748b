#include "conf/route_cover.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/base/regex.h"
#include "proxy/exchange/route_matcher.h"
#include "proxy/http/fields.h"

namespace poise::conf {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

bool is_any_host(std::string_view host) { return host.empty() || host == "*"; }

bool covers_host(std::string_view earlier, std::string_view later) {
  if (is_any_host(earlier) || earlier == later) return true;
  if (!earlier.starts_with("*.")) return false;
  // ".example.com" ends both "a.example.com" and "*.a.example.com".
  const std::string_view below = earlier.substr(1);
  return later.ends_with(below) && later.size() > below.size() && later != earlier;
}

bool covers_path(const exchange::MatchConfig& earlier, const exchange::MatchConfig& later) {
  const bool exact = earlier.path_exact.empty() || earlier.path_exact == later.path_exact;
  const bool prefix = earlier.path.empty() || earlier.path == "/" ||
                      exchange::is_path_below(later.path, earlier.path) ||
                      exchange::is_path_below(later.path_exact, earlier.path);
  const bool regex =
      earlier.path_regex.empty() || earlier.path_regex == later.path_regex ||
      (!later.path_exact.empty() && base::Regex(earlier.path_regex).matches(later.path_exact));
  return exact && prefix && regex;
}

bool covers_methods(const std::vector<std::string>& earlier,
                    const std::vector<std::string>& later) {
  if (earlier.empty()) return true;
  return !later.empty() && std::all_of(later.begin(), later.end(), [&](const std::string& method) {
    return std::find(earlier.begin(), earlier.end(), method) != earlier.end();
  });
}

template <class SameName>
bool covers_pairs(const Pairs& earlier, const Pairs& later, SameName same_name) {
  return std::all_of(earlier.begin(), earlier.end(), [&](const auto& wanted) {
    return std::any_of(later.begin(), later.end(), [&](const auto& given) {
      return same_name(wanted.first, given.first) &&
             (wanted.second == "*" || wanted.second == given.second);
    });
  });
}

bool covers_source(const std::vector<net::Network>& earlier,
                   const std::vector<net::Network>& later) {
  if (earlier.empty()) return true;
  return !later.empty() && std::all_of(later.begin(), later.end(), [&](const net::Network& inner) {
    return std::any_of(earlier.begin(), earlier.end(),
                       [&](const net::Network& outer) { return outer.text() == inner.text(); });
  });
}

bool covers_protocols(const std::vector<std::string>& earlier,
                      const std::vector<std::string>& later) {
  const auto is_taken = [&](const std::string& protocol) {
    return std::find(earlier.begin(), earlier.end(), protocol) != earlier.end();
  };
  return earlier.empty() || (!later.empty() && std::all_of(later.begin(), later.end(), is_taken));
}

}  // namespace

bool covers(const exchange::MatchConfig& earlier, const exchange::MatchConfig& later) {
  const auto equal = [](const std::string& a, const std::string& b) { return a == b; };
  return covers_host(earlier.host, later.host) && covers_path(earlier, later) &&
         covers_methods(earlier.methods, later.methods) &&
         covers_pairs(earlier.headers, later.headers, http::equal_ignoring_case) &&
         covers_pairs(earlier.query, later.query, equal) &&
         covers_source(earlier.source, later.source) && covers_host(earlier.sni, later.sni) &&
         covers_protocols(earlier.alpn, later.alpn);
}

}  // namespace poise::conf
