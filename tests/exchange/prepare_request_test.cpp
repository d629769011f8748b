#include "proxy/exchange/prepare_request.h"

#include <catch2/catch.hpp>
#include <string>

#include "proxy/http/h1_parser.h"

using namespace poise;
using namespace poise::exchange;

namespace {

const http::ForwardedPeer& peer() {
  static const http::ForwardedPeer made(*net::Address::parse("192.0.2.7:1234"), {});
  return made;
}

// A request as a backend gets it.
struct Prepared {
  explicit Prepared(const std::string& received, RouteConfig config = {})
      : text(received), route(std::move(config)) {
    REQUIRE_FALSE(http::parse_request(text, {}, head));
    prepare_request(head, route, peer());
  }
  std::string value(std::string_view name) const {
    std::string values;
    for (const http::Field& field : head.fields.all()) {
      if (!http::equal_ignoring_case(field.name, name)) continue;
      values += (values.empty() ? "" : "|") + std::string(field.value);
    }
    return values;
  }
  bool has(std::string_view name) const { return head.fields.find(name) != nullptr; }

  std::string text;
  RouteConfig route;
  http::RequestHead head;
};

std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: example.com\r\n" + fields + "\r\n";
}

RouteConfig rewriting(const std::string& strip, const std::string& path = "",
                      const std::string& host = "") {
  RouteConfig route;
  route.rewrite = {.strip_prefix = strip, .path = path, .host = host};
  return route;
}

}  // namespace

TEST_CASE("a backend is told who called, and what was claimed is dropped") {
  const Prepared request(
      get("/",
          "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\nForwarded: for=evil\r\n"
          "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n"));
  CHECK(request.value("X-Forwarded-For") == "192.0.2.7");
  CHECK(request.value("X-Forwarded-Proto") == "http");
  CHECK(request.value("X-Forwarded-Host") == "example.com");
  CHECK(request.value("Forwarded") == "for=192.0.2.7;host=example.com;proto=http");
}

TEST_CASE("a client cannot have the forwarded fields taken out by naming them in Connection") {
  const Prepared request(get("/", "Connection: X-Forwarded-For, Forwarded, Via\r\n"));
  CHECK(request.value("X-Forwarded-For") == "192.0.2.7");
  CHECK(request.has("Forwarded"));
  CHECK(request.value("Via") == "1.1 poise");
}

TEST_CASE("a proxy names itself behind those before it, with the version it received") {
  CHECK(Prepared(get("/", "Via: 1.1 first\r\n")).value("Via") == "1.1 first|1.1 poise");
  CHECK(Prepared("GET / HTTP/1.0\r\n\r\n").value("Via") == "1.0 poise");
}

TEST_CASE("fields of this hop do not reach the backend") {
  const Prepared request(
      get("/", "Connection: X-Mine\r\nX-Mine: 1\r\nTE: trailers\r\nX-Other: 2\r\n"));
  CHECK_FALSE(request.has("Connection"));
  CHECK_FALSE(request.has("X-Mine"));
  CHECK_FALSE(request.has("TE"));
  CHECK(request.value("X-Other") == "2");
}

TEST_CASE("a prefix is stripped, and the path still begins with a slash") {
  CHECK(Prepared(get("/v1/users?a"), rewriting("/v1")).head.path == "/users");
  CHECK(Prepared(get("/v1/users"), rewriting("/v1/")).head.path == "/users");
  CHECK(Prepared(get("/v1"), rewriting("/v1")).head.path == "/");
  CHECK(Prepared(get("/v2/users"), rewriting("/v1")).head.path == "/v2/users");
  CHECK(Prepared(get("/v1/users?a"), rewriting("/v1")).head.query == "a");
}

TEST_CASE("path and host are replaced, and the client's own host is still told") {
  const Prepared request(get("/a"), rewriting("", "/b", "internal:8080"));
  CHECK(request.head.path == "/b");
  CHECK(request.head.authority == "internal:8080");
  CHECK(request.value("X-Forwarded-Host") == "example.com");
}

TEST_CASE("header edits remove, set and add, in this order") {
  RouteConfig route;
  route.request_headers.remove = {"x-gone"};
  route.request_headers.set = {{"X-Set", "new"}};
  route.request_headers.add = {{"X-Added", "2"}};
  const Prepared request(
      get("/", "X-Gone: 1\r\nx-set: a\r\nX-Set: b\r\nX-Added: 1\r\nX-Kept: k\r\n"), route);
  CHECK_FALSE(request.has("X-Gone"));
  CHECK(request.value("X-Set") == "new");
  CHECK(request.value("X-Added") == "1|2");
  CHECK(request.value("X-Kept") == "k");
}

TEST_CASE("a response loses its hop's fields and gets the route's edits") {
  RouteConfig route;
  route.response_headers.set = {{"Server", "hidden"}};
  http::ResponseHead head;
  const std::string text =
      "HTTP/1.1 200 OK\r\nServer: x\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
      "Content-Length: 0\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n";
  REQUIRE_FALSE(http::parse_response(text, {}, {}, head));
  prepare_response(head, route);
  std::string left;
  for (const http::Field& field : head.fields.all()) {
    left += std::string(field.name) + '=' + std::string(field.value) + ';';
  }
  CHECK(left == "Set-Cookie=a;Set-Cookie=b;Server=hidden;");
}
