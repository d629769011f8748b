// The conditions of one route, compiled, and the judgement of one request by them: the first that
// fails, which `poise explain` shows, or none. Immutable and shared between threads; a judgement
// allocates nothing. Which of many routes to ask is route_table's part.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/base/regex.h"
#include "proxy/exchange/route_config.h"
#include "proxy/http/message.h"
#include "proxy/net/address.h"

namespace poise::exchange {

// A host as routes compare it: lower case, without the port and without a trailing dot. Valid as
// long as the authority it was made from. A name longer than DNS allows becomes "", which no route
// names.
class HostName {
 public:
  static constexpr std::size_t kLongest = 255;

  explicit HostName(std::string_view authority);
  HostName(const HostName&) = delete;
  HostName& operator=(const HostName&) = delete;

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  char lowered_[kLongest];
};

struct RequestView {
  std::string_view host;  // of a HostName
  const http::RequestHead& head;
  const net::Address& client;
};

enum class Condition : std::uint8_t {
  none,
  host,
  path,
  path_exact,
  path_regex,
  method,
  header,
  query,
  source,
};

std::string_view to_text(Condition condition);

// A condition that does not hold, and what the route wanted: a host, a path, a header's name...
struct Mismatch {
  Condition condition = Condition::none;
  std::string_view wanted;  // lives as long as the matcher; empty for method and source

  explicit operator bool() const { return condition != Condition::none; }
};

class RouteMatcher {
 public:
  explicit RouteMatcher(const MatchConfig& config);

  bool matches(const RequestView& request) const { return !why_not(request); }
  // The first condition that fails, in the order host, path, method, header, query, source.
  Mismatch why_not(const RequestView& request) const;

  // For the index: "" is any host, ".example.com" every name below example.com.
  std::string_view host() const { return host_; }
  std::string_view path_prefix() const { return path_; }
  std::string_view path_exact() const { return path_exact_; }

 private:
  struct Header {
    std::string name;
    std::string value;
    http::FieldId id;
  };

  bool host_matches(std::string_view host) const;
  bool method_matches(std::string_view method) const;
  Mismatch path_mismatch(std::string_view path) const;
  Mismatch header_mismatch(const http::RequestHead& head) const;
  Mismatch query_mismatch(std::string_view query) const;

  std::string host_;
  std::string path_;
  std::string path_exact_;
  std::string path_regex_text_;
  std::optional<base::Regex> path_regex_;
  std::vector<std::string> methods_;
  std::vector<Header> headers_;
  std::vector<std::pair<std::string, std::string>> query_;
  std::vector<net::Network> source_;
};

// "/v1/" is a plain prefix; "/v1" takes "/v1" and "/v1/…" but not "/v1x".
bool is_path_below(std::string_view path, std::string_view prefix);

}  // namespace poise::exchange
