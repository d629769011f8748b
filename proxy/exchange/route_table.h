// The routes of one listener, compiled: finds the first, as written, that takes a request.
// Immutable, shared by all workers; a lookup allocates nothing. Routes are indexed by host and then
// by path, so that thousands of them cost a few hash lookups; the index only leaves out routes that
// cannot match, the judgement is always RouteMatcher's. What becomes of the request is not decided
// here.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proxy/exchange/route_config.h"
#include "proxy/exchange/route_matcher.h"

namespace poise::exchange {

class RouteTable {
 public:
  explicit RouteTable(const std::vector<RouteConfig>& routes);

  // The index of the route, or -1.
  int find(const http::RequestHead& head, const net::Address& client) const;

  // Why that route does not take the request; no condition when it would.
  Mismatch why_not(int route, const http::RequestHead& head, const net::Address& client) const;

  std::size_t size() const { return matchers_.size(); }

 private:
  using Candidates = std::vector<int>;  // ascending

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class Value>
  using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

  // The routes of one host. A route stands in exactly one list: by its exact path, by its prefix,
  // or among those that must be asked one after the other.
  struct PathIndex {
    Candidates all;  // only while building
    Candidates unindexed;
    TextMap<Candidates> exact;
    TextMap<Candidates> prefixes;
    std::size_t longest_prefix = 0;
  };

  void index_paths(PathIndex& paths) const;
  void consider(const PathIndex& paths, const RequestView& request, int& best) const;
  void consider(const Candidates& candidates, const RequestView& request, int& best) const;
  void consider(const TextMap<Candidates>& lists, std::string_view key, const RequestView& request,
                int& best) const;
  void consider_wildcards(const RequestView& request, int& best) const;

  bool first_takes_all_;  // the usual listener, with one pool and nothing to judge
  std::vector<RouteMatcher> matchers_;
  PathIndex any_host_;
  TextMap<PathIndex> hosts_;
  TextMap<PathIndex> wildcards_;  // by ".example.com"
  std::bitset<HostName::kLongest + 1> wildcard_lengths_;
};

}  // namespace poise::exchange
