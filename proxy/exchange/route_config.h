// What a route is configured to be: which requests it takes and what becomes of them. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proxy/base/clock.h"
#include "proxy/net/address.h"
#include "proxy/pool/pool_config.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::exchange {

// All given conditions must hold. Header names are compared without case; a value "*" means
// present.
struct MatchConfig {
  std::string host;  // lower case; "*.example.com" takes every name below; empty: any
  std::string path;  // prefix
  std::string path_exact;
  std::string path_regex;  // ECMAScript, whole path
  std::vector<std::string> methods;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<net::Network> source;
  std::string sni;                // lower case, "*.example.com" takes every name below; empty: any
  std::vector<std::string> alpn;  // offers one of these; empty: any

  bool operator==(const MatchConfig&) const = default;
};

struct RedirectConfig {
  std::string to;  // absolute URL or path; "{path}", "{query}" and "{host}" are replaced
  int status = 302;

  bool operator==(const RedirectConfig&) const = default;
};

struct RespondConfig {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";

  bool operator==(const RespondConfig&) const = default;
};

struct RewriteConfig {
  std::string strip_prefix;
  std::string path;  // replaces the path when not empty
  std::string host;  // replaces Host when not empty

  bool operator==(const RewriteConfig&) const = default;
};

struct HeaderEdits {
  std::vector<std::pair<std::string, std::string>> set;
  std::vector<std::pair<std::string, std::string>> add;
  std::vector<std::string> remove;

  bool empty() const { return set.empty() && add.empty() && remove.empty(); }

  bool operator==(const HeaderEdits&) const = default;
};

struct SplitConfig {
  std::string pool;
  std::uint32_t weight = 1;

  bool operator==(const SplitConfig&) const = default;
};

struct RouteConfig {
  std::string name;  // default: "route-N", counted from 1
  MatchConfig match;
  std::string pool;  // exactly one of pool, split, redirect and respond is given
  std::vector<SplitConfig> split;
  std::optional<RedirectConfig> redirect;
  std::optional<RespondConfig> respond;
  RewriteConfig rewrite;
  HeaderEdits request_headers;
  HeaderEdits response_headers;
  base::Duration request_timeout{-1};  // -1: the listener's; 0: none
  base::Duration try_timeout{-1};      // -1: the pool's; 0: none
  bool has_retry = false;              // `retry` replaces the pool's (already merged over defaults)
  pool::RetryConfig retry;
  std::vector<net::Network> allow;
  std::vector<net::Network> deny;

  bool operator==(const RouteConfig&) const = default;
};

// The 'redirect' of a route or a listener, which has one.
RedirectConfig parse_redirect(conf::YamlMap& owner);

RouteConfig parse_route(conf::YamlMap& node, std::size_t index);

}  // namespace poise::exchange
