// Asks a backend with an HTTP/1.1 request and reads the whole answer by the same strict code as
// traffic. One request a connection, without a body.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "health/probe.h"
#include "proxy/base/regex.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::health {

struct StatusRange {
  int least = 200;
  int most = 299;
};

struct HttpProbeConfig {
  std::string method = "GET";
  std::string path = "/healthz";  // with its query
  std::string host;               // empty: the address
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<StatusRange> expect_status{StatusRange{}};
  std::string expect_text;  // empty: any body will do
  std::optional<base::Regex> expect_regex;
};

// What the answer must hold must come within so much of it; the rest is not read.
inline constexpr std::size_t kProbeBodyBytes = 64 * 1024;

std::shared_ptr<const ProbePlan> parse_http_probe(conf::YamlMap& node);
std::shared_ptr<const ProbePlan> make_http_probe(HttpProbeConfig config);

}  // namespace poise::health
