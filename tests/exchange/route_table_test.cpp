#include "proxy/exchange/route_table.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "proxy/base/random.h"

using namespace poise;
using exchange::Condition;
using exchange::RouteConfig;
using exchange::RouteTable;

namespace {

struct Request {
  std::string authority = "example.com";
  std::string path = "/";
  std::string query{};
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string from = "192.0.2.1:1000";
};

http::RequestHead head_of(const Request& request) {
  http::RequestHead head;
  head.authority = request.authority;
  head.path = request.path;
  head.query = request.query;
  head.has_query = !request.query.empty();
  head.method_text = request.method;
  head.method = http::method_of(request.method);
  for (const auto& [name, value] : request.headers) head.fields.add(head.arena, name, value);
  return head;
}

RouteConfig route(exchange::MatchConfig match) {
  RouteConfig config;
  config.match = std::move(match);
  return config;
}

int find(const RouteTable& table, const Request& request) {
  return table.find(head_of(request), *net::Address::parse(request.from));
}

Condition why_not(const RouteTable& table, int index, const Request& request) {
  return table.why_not(index, head_of(request), *net::Address::parse(request.from)).condition;
}

RouteTable table_of(const std::vector<exchange::MatchConfig>& matches) {
  std::vector<RouteConfig> routes;
  for (const auto& match : matches) routes.push_back(route(match));
  return RouteTable(routes);
}

bool takes(const exchange::MatchConfig& match, const Request& request) {
  return find(table_of({match}), request) == 0;
}

exchange::MatchConfig host(std::string text) {
  exchange::MatchConfig match;
  match.host = std::move(text);
  return match;
}

exchange::MatchConfig path(std::string text) {
  exchange::MatchConfig match;
  match.path = std::move(text);
  return match;
}

}  // namespace

TEST_CASE("a route without conditions takes everything and no routes take nothing") {
  CHECK(takes({}, {}));
  CHECK(takes({}, {.authority = "", .path = "*"}));
  CHECK(find(table_of({}), {}) == -1);
}

TEST_CASE("a host is compared without case, port and trailing dot") {
  for (const std::string authority :
       {"example.com", "EXAMPLE.com", "example.com:8080", "example.com.", "Example.Com.:443"}) {
    INFO(authority);
    CHECK(takes(host("example.com"), {.authority = authority}));
    CHECK(takes(host("Example.com."), {.authority = authority}));
  }
  CHECK_FALSE(takes(host("example.com"), {.authority = "www.example.com"}));
  CHECK_FALSE(takes(host("example.com"), {.authority = "example.com.evil"}));
  CHECK_FALSE(takes(host("example.com"), {.authority = ""}));
  CHECK(takes(host("[::1]"), {.authority = "[::1]:8080"}));
  CHECK_FALSE(takes(host("[::1]"), {.authority = "[::2]:8080"}));
}

TEST_CASE("a wildcard host takes every name below and not the name itself") {
  CHECK(takes(host("*.example.com"), {.authority = "a.example.com"}));
  CHECK(takes(host("*.example.com"), {.authority = "a.B.example.com:80"}));
  CHECK_FALSE(takes(host("*.example.com"), {.authority = "example.com"}));
  CHECK_FALSE(takes(host("*.example.com"), {.authority = ".example.com"}));
  CHECK_FALSE(takes(host("*.example.com"), {.authority = "aexample.com"}));
  CHECK(takes(host("*"), {.authority = "anything"}));
}

TEST_CASE("a host longer than DNS allows is taken only by routes without a host") {
  const std::string endless = std::string(400, 'a') + ".example.com";
  CHECK_FALSE(takes(host("*.example.com"), {.authority = endless}));
  CHECK(takes({}, {.authority = endless}));
  CHECK_FALSE(takes(host(endless), {.authority = endless}));
  CHECK_FALSE(takes(host("*." + endless), {.authority = "a"}));
  CHECK_FALSE(takes(host("."), {.authority = "a"}));
}

TEST_CASE("a path prefix ends at a segment") {
  CHECK(takes(path("/v1/"), {.path = "/v1/x"}));
  CHECK(takes(path("/v1/"), {.path = "/v1/"}));
  CHECK_FALSE(takes(path("/v1/"), {.path = "/v1"}));
  CHECK(takes(path("/v1"), {.path = "/v1"}));
  CHECK(takes(path("/v1"), {.path = "/v1/x"}));
  CHECK_FALSE(takes(path("/v1"), {.path = "/v1x"}));
  CHECK_FALSE(takes(path("/v1"), {.path = "/V1"}));
  CHECK(takes(path("/"), {.path = "/anything"}));
  CHECK_FALSE(takes(path("/"), {.path = "*"}));
}

TEST_CASE("an exact path and a regex judge the whole path") {
  exchange::MatchConfig exact;
  exact.path_exact = "/health";
  CHECK(takes(exact, {.path = "/health"}));
  CHECK_FALSE(takes(exact, {.path = "/health/"}));
  exchange::MatchConfig regex;
  regex.path_regex = "/users/[0-9]+";
  CHECK(takes(regex, {.path = "/users/7"}));
  CHECK_FALSE(takes(regex, {.path = "/users/7/x"}));
}

TEST_CASE("methods, headers, query and source must all hold") {
  exchange::MatchConfig match;
  match.methods = {"GET", "HEAD"};
  match.headers = {{"X-Canary", "1"}, {"cookie", "*"}};
  match.query = {{"beta", "a b"}};
  match.source = {*net::Network::parse("10.0.0.0/8")};
  const Request good{.query = "x=1&beta=a%20b",
                     .headers = {{"x-canary", "0"}, {"x-canary", "1"}, {"Cookie", "k=v"}},
                     .from = "10.1.1.1:1"};
  const RouteTable table = table_of({match});
  CHECK(find(table, good) == 0);
  CHECK(why_not(table, 0, good) == Condition::none);

  Request bad = good;
  bad.method = "POST";
  CHECK(why_not(table, 0, bad) == Condition::method);
  bad = good;
  bad.headers = {{"x-canary", "1"}};
  CHECK(why_not(table, 0, bad) == Condition::header);
  bad.headers = {{"x-canary", "2"}, {"cookie", ""}};
  CHECK(why_not(table, 0, bad) == Condition::header);
  bad = good;
  bad.query = "beta=ab";
  CHECK(why_not(table, 0, bad) == Condition::query);
  bad = good;
  bad.from = "11.1.1.1:1";
  CHECK(why_not(table, 0, bad) == Condition::source);
  CHECK(find(table, bad) == -1);
}

TEST_CASE("why_not names the first failing condition and what it wanted") {
  exchange::MatchConfig match = host("example.com");
  match.path = "/v1";
  match.headers = {{"x-a", "1"}};
  const RouteTable table = table_of({match});
  const auto client = *net::Address::parse("192.0.2.1:1");
  auto mismatch = table.why_not(0, head_of({.authority = "b.com"}), client);
  CHECK(mismatch.condition == Condition::host);
  CHECK(mismatch.wanted == "example.com");
  mismatch = table.why_not(0, head_of({.path = "/v2"}), client);
  CHECK(mismatch.condition == Condition::path);
  CHECK(mismatch.wanted == "/v1");
  mismatch = table.why_not(0, head_of({.path = "/v1"}), client);
  CHECK(mismatch.condition == Condition::header);
  CHECK(mismatch.wanted == "x-a");
  CHECK(to_text(mismatch.condition) == "headers");
}

TEST_CASE("the host is matched as a header too") {
  exchange::MatchConfig match;
  match.headers = {{"Host", "example.com:8080"}};
  CHECK(takes(match, {.authority = "example.com:8080"}));
  CHECK_FALSE(takes(match, {.authority = "example.com"}));
}

TEST_CASE("the first route as written wins, whichever index holds it") {
  auto specific = host("example.com");
  specific.path_exact = "/v1/x";
  CHECK(find(table_of({path("/v1"), specific}), {.path = "/v1/x"}) == 0);
  CHECK(find(table_of({specific, path("/v1")}), {.path = "/v1/x"}) == 0);
  CHECK(find(table_of({host("*.com"), host("example.com")}), {}) == 0);
  CHECK(find(table_of({host("example.com"), host("*.com")}), {}) == 0);
  CHECK(find(table_of({host("other.com"), {}, host("example.com")}), {}) == 1);
}

TEST_CASE("thousands of routes find the right one") {
  std::vector<RouteConfig> routes;
  for (int i = 0; i < 5000; ++i) {
    auto match = host("h" + std::to_string(i % 50) + ".example.com");
    match.path = "/s" + std::to_string(i) + "/";
    routes.push_back(route(match));
  }
  const RouteTable table(routes);
  REQUIRE(table.size() == 5000);
  for (int i = 0; i < 5000; i += 7) {
    const std::string name = "h" + std::to_string(i % 50) + ".example.com";
    CHECK(find(table, {.authority = name, .path = "/s" + std::to_string(i) + "/x"}) == i);
  }
  CHECK(find(table, {.authority = "h1.example.com", .path = "/s0/x"}) == -1);
}

namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  bool one_in(std::uint32_t n) { return random_.below(n) == 0; }
  const std::string& of(const std::vector<std::string>& choices) {
    return choices[random_.below(static_cast<std::uint32_t>(choices.size()))];
  }

 private:
  base::Random random_;
};

const std::vector<std::string> kHosts{"a.com", "b.a.com", "c.b.a.com", "d.com", "a.com.", ""};
const std::vector<std::string> kPatterns{"a.com",     "b.a.com", "*.a.com",
                                         "*.b.a.com", "*.com",   "d.com"};
const std::vector<std::string> kPrefixes{"/",     "/v1",   "/v1/",   "/v1/a", "/v1/a/",
                                         "/v1/b", "/v2/a", "/v1/aa", "/v",    "/v1//"};
const std::vector<std::string> kPaths{"/",         "/v1", "/v1/",   "/v1/a", "/v1/a/b", "/v1/aa",
                                      "/v1/a/b/c", "/v2", "/v2/a/", "/v1//", "/v1x",    "*"};

exchange::MatchConfig random_match(Dice& dice) {
  exchange::MatchConfig match;
  if (!dice.one_in(4)) match.host = dice.of(kPatterns);
  if (!dice.one_in(4)) match.path = dice.of(kPrefixes);
  if (dice.one_in(6)) match.path_exact = dice.of(kPaths);
  if (dice.one_in(10)) match.path_regex = "/v[12](/.*)?";
  if (dice.one_in(3)) match.methods = {dice.of({"GET", "POST"})};
  if (dice.one_in(5)) match.headers = {{"x-a", dice.of({"1", "*"})}};
  return match;
}

Request random_request(Dice& dice) {
  Request request{.authority = dice.of(kHosts), .path = dice.of(kPaths)};
  request.method = dice.of({"GET", "POST", "PUT"});
  if (dice.one_in(2)) request.headers = {{"X-A", dice.of({"1", "2"})}};
  return request;
}

int naive_find(const std::vector<RouteConfig>& routes, const Request& request) {
  const auto head = head_of(request);
  const auto client = *net::Address::parse(request.from);
  const exchange::HostName name(head.authority);
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (exchange::RouteMatcher(routes[i].match).matches({name.text(), head, client})) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

}  // namespace

TEST_CASE("the index finds what asking every route in order finds") {
  Dice dice(7);
  base::Random sizes(8);
  int found = 0;
  for (int round = 0; round < 150; ++round) {
    std::vector<RouteConfig> routes;
    for (std::uint32_t i = sizes.below(90); i > 0; --i) routes.push_back(route(random_match(dice)));
    const RouteTable table(routes);
    for (int i = 0; i < 40; ++i) {
      const Request request = random_request(dice);
      const int expected = naive_find(routes, request);
      INFO(request.authority << request.path << " over " << routes.size());
      REQUIRE(find(table, request) == expected);
      found += expected > 0 ? 1 : 0;
    }
  }
  CHECK(found > 1000);
}
