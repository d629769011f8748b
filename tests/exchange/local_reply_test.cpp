#include "proxy/exchange/local_reply.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <ctime>
#include <string>

#include "proxy/http/validate.h"

using namespace poise;
using namespace poise::exchange;
using base::Cause;
using base::Error;

namespace {

std::string value_of(const LocalReply& reply, std::string_view name) {
  const http::Field* field = reply.head.fields.find(name);
  return field == nullptr ? "(none)" : std::string(field->value);
}

std::string location(const std::string& to, const std::string& path, const char* query = nullptr,
                     std::string_view authority = "example.com") {
  http::RequestHead request;
  request.path = path;
  request.authority = authority;
  request.has_query = query != nullptr;
  if (query != nullptr) request.query = query;
  RedirectConfig config;
  config.to = to;
  return value_of(redirect_reply(config, request), "Location");
}

}  // namespace

TEST_CASE("an error says its cause, phase and detail in Proxy-Status and in its body") {
  const Error error{
      .cause = Cause::connect_refused, .phase = base::Phase::connect, .detail = "why"};
  const LocalReply reply = error_reply(error);
  CHECK(reply.head.status == 502);
  CHECK(value_of(reply, "Proxy-Status") ==
        "poise; error=connection_refused; details=\"connect_refused connect: why\"");
  CHECK(reply.body == "502 Bad Gateway\npoise: connect_refused: why\n");
  CHECK(value_of(reply, "Content-Type") == "text/plain; charset=utf-8");
}

TEST_CASE("every error is answered with a whole, well-formed message") {
  for (int i = 1; i < base::kCauseCount; ++i) {
    const LocalReply reply = error_reply({.cause = static_cast<Cause>(i)});
    INFO(reply.body);
    CHECK(reply.head.framing == http::Framing::length);
    CHECK(reply.head.content_length == reply.body.size());
    for (const http::Field& field : reply.head.fields.all()) {
      CHECK(http::is_token(field.name));
      CHECK(http::is_field_value(field.value));
    }
  }
}

TEST_CASE("every answer of poise's own says when it was made") {
  RespondConfig fixed;
  fixed.status = 204;
  RedirectConfig redirect;
  redirect.to = "/";
  for (const std::string& date :
       {value_of(error_reply({.cause = Cause::no_route}), "Date"),
        value_of(redirect_reply(redirect, {}), "Date"), value_of(fixed_reply(fixed), "Date")}) {
    INFO(date);
    std::tm parts{};
    const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    REQUIRE(end != nullptr);
    CHECK(*end == '\0');
    CHECK(std::abs(std::difftime(::timegm(&parts), std::time(nullptr))) <= 2);
  }
}

TEST_CASE("who is told to come back later is told when") {
  CHECK(value_of(error_reply({.cause = Cause::queue_full}), "Retry-After") == "1");
  CHECK(value_of(error_reply({.cause = Cause::rate_limited}), "Retry-After") == "1");
  CHECK(value_of(error_reply({.cause = Cause::no_route}), "Retry-After") == "(none)");
}

TEST_CASE("an error with a status of its own is answered with that") {
  const LocalReply reply = error_reply({.cause = Cause::request_too_large, .status = 414});
  CHECK(reply.head.status == 414);
  CHECK(reply.body.starts_with("414 URI Too Long\n"));
}

TEST_CASE("a redirect puts host, path and query where they are named") {
  CHECK(location("https://{host}{path}{query}", "/a", "b=c") == "https://example.com/a?b=c");
  CHECK(location("https://{host}{path}{query}", "/a") == "https://example.com/a");
  CHECK(location("https://{host}{path}{query}", "/a", "") == "https://example.com/a?");
  CHECK(location("/new{path}{path}", "/a") == "/new/a/a");
  CHECK(location("/fixed", "/a", "b") == "/fixed");
}

TEST_CASE("a redirect's host has no port, also when it is an IPv6 address") {
  CHECK(location("https://{host}/", "/", nullptr, "a:8080") == "https://a/");
  CHECK(location("https://{host}/", "/", nullptr, "[::1]:8080") == "https://[::1]/");
  CHECK(location("https://{host}/", "/", nullptr, "[::1]") == "https://[::1]/");
}

TEST_CASE("what a client puts into its path is not taken for a place to fill in") {
  CHECK(location("https://{host}{path}{query}", "/{query}", "x") ==
        "https://example.com/{query}?x");
  CHECK(location("{path}", "/{host}") == "/{host}");
}

TEST_CASE("a fixed reply says what is configured") {
  RespondConfig config;
  config.status = 418;
  config.body = "short and stout";
  config.content_type = "text/teapot";
  const LocalReply reply = fixed_reply(config);
  CHECK(reply.head.status == 418);
  CHECK(reply.body == "short and stout");
  CHECK(reply.head.content_length == 15);
  CHECK(value_of(reply, "Content-Type") == "text/teapot");
  config.body.clear();
  CHECK(value_of(fixed_reply(config), "Content-Type") == "(none)");
}
