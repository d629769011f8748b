#include "proxy/exchange/cookies.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace poise;
using namespace poise::exchange;

namespace {

http::RequestHead request_with(const std::vector<std::string>& cookies) {
  http::RequestHead head;
  for (const auto& text : cookies) {
    head.fields.add(head.arena, "Cookie", head.arena.copy(text));
    head.fields.add(head.arena, "X-Other", "poise=1");
  }
  return head;
}

std::vector<std::string> cookies_without(const std::string& name,
                                         const std::vector<std::string>& cookies) {
  http::RequestHead head = request_with(cookies);
  remove_cookie(head, name);
  std::vector<std::string> left;
  std::size_t others = 0;
  for (const auto& field : head.fields.all()) {
    if (field.id == http::FieldId::cookie)
      left.emplace_back(field.value);
    else
      ++others;
  }
  CHECK(others == cookies.size());
  return left;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a cookie is found by its whole name in whatever field it is") {
  CHECK(find_cookie(request_with({"a=1; poise=x; b=2"}).fields, "poise") == "x");
  CHECK(find_cookie(request_with({"a=1", "poise=x"}).fields, "poise") == "x");
  CHECK(find_cookie(request_with({" poise=x ;poise=y"}).fields, "poise") == "x");
  CHECK(find_cookie(request_with({"poise=; poise=y"}).fields, "poise") == "y");
  CHECK(find_cookie(request_with({"poise=a=b"}).fields, "poise") == "a=b");
  for (const std::string other : {"Poise=x", "poise2=x", "xpoise=x", "poise", "", ";;", "=x"}) {
    INFO(other);
    CHECK(find_cookie(request_with({other}).fields, "poise").empty());
  }
}

TEST_CASE("a cookie is taken out and the others stay as they are") {
  CHECK(cookies_without("poise", {"a=1; poise=x; b=2"}) == Texts{"a=1; b=2"});
  CHECK(cookies_without("poise", {"poise=x; b=2"}) == Texts{"b=2"});
  CHECK(cookies_without("poise", {"a=1;poise=x"}) == Texts{"a=1"});
  CHECK(cookies_without("poise", {"poise=x;poise=y; poise="}) == Texts{});
  CHECK(cookies_without("poise", {"poise=x", "b=2", "poise=y;c"}) == Texts{"b=2", "c"});
  CHECK(cookies_without("poise", {"a;b;c;poise=1;d"}) == Texts{"a; b; c; d"});
  CHECK(cookies_without("poise", {" a=1 ;  b=2"}) == Texts{" a=1 ;  b=2"});
}
