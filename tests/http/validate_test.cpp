#include "proxy/http/validate.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proxy/base/arena.h"

using namespace poise;
using namespace poise::http;

namespace {

std::string text_of(int byte) { return std::string(1, static_cast<char>(byte)); }

bool is_authority(std::string_view text) {
  base::Arena arena;
  return parse_authority(text, arena).has_value();
}

std::vector<std::string> elements_of(std::string_view list) {
  std::vector<std::string> elements;
  for_each_element(list, [&](std::string_view element) { elements.emplace_back(element); });
  return elements;
}

}  // namespace

TEST_CASE("a token is made of the characters RFC 9110 lists, and no others") {
  const std::string marks = "!#$%&'*+-.^_`|~";
  for (int byte = 0; byte < 256; ++byte) {
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool digit = byte >= '0' && byte <= '9';
    const bool mark = byte != 0 && marks.find(static_cast<char>(byte)) != std::string::npos;
    INFO(byte);
    CHECK(is_token(text_of(byte)) == (letter || digit || mark));
    CHECK(is_token("a" + text_of(byte) + "b") == (letter || digit || mark));
  }
  CHECK_FALSE(is_token(""));
}

TEST_CASE("a field value holds no control character but the tab, and no blank at its ends") {
  for (int byte = 0; byte < 256; ++byte) {
    INFO(byte);
    const bool allowed = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    CHECK(is_field_value("a" + text_of(byte) + "b") == allowed);
  }
  CHECK(is_field_value(""));
  for (const auto* bad : {" ", "\t", " a", "a ", "\ta", "a\t"}) CHECK_FALSE(is_field_value(bad));
}

TEST_CASE("a target is visible ASCII without a fragment") {
  for (int byte = 0; byte < 256; ++byte) {
    INFO(byte);
    CHECK(is_target("/" + text_of(byte)) == (byte > 0x20 && byte < 0x7f && byte != '#'));
  }
  CHECK_FALSE(is_target(""));
}

TEST_CASE("a length is digits only") {
  CHECK(parse_length("0") == 0u);
  CHECK(parse_length("00042") == 42u);
  CHECK(parse_length("999999999999999999") == 999999999999999999u);
  for (const auto* bad : {"", "+1", "-1", " 1", "1 ", "1,1", "0x10", "1e3", "1_0", "\xd9\xa1",
                          "18446744073709551616", "9999999999999999999"}) {
    INFO(bad);
    CHECK_FALSE(parse_length(bad));
  }
}

TEST_CASE("an authority is a host with or without a port") {
  for (const auto* good :
       {"a", "example.com", "example.com:80", "example.com:", "127.0.0.1:65535", "[::1]",
        "[2001:db8::1]:443", "[::ffff:192.0.2.1]", "a_b-c.d~e", "%41.example"}) {
    INFO(good);
    CHECK(is_authority(good));
  }
}

TEST_CASE("what could hide a second host, a user or a path is no authority") {
  for (const auto* bad :
       {"",       ":80",     "a:b",     "a:80:80", "a:123456",    "user@a", "a/b", "a?b",
        "a#b",    "a b",     "a,b",     "a\\b",    "a\tb",        "[::1",   "::1", "[]",
        "[::1]x", "[::1]:x", "[zz::1]", "[v1.x]",  "\xc3\xa4.de", "a\"b",   "<a>", "a|b"}) {
    INFO(bad);
    CHECK_FALSE(is_authority(bad));
  }
}

TEST_CASE("an authority is lower-cased, in memory of the arena only where it must be") {
  base::Arena arena;
  CHECK(parse_authority("Example.COM:80", arena) == "example.com:80");
  CHECK(parse_authority("[2001:DB8::A]", arena) == "[2001:db8::a]");
  const std::string_view lower = "example.com";
  CHECK(parse_authority(lower, arena)->data() == lower.data());
}

TEST_CASE("trimming takes spaces and tabs off both ends only") {
  CHECK(trim(" \t a b\t ") == "a b");
  CHECK(trim("a") == "a");
  CHECK(trim(" \t").empty());
  CHECK(trim("\ra\n") == "\ra\n");
}

TEST_CASE("a list's elements come trimmed, and empty ones not at all") {
  CHECK(elements_of("a, b ,\tc") == std::vector<std::string>{"a", "b", "c"});
  CHECK(elements_of(",,a,, ,") == std::vector<std::string>{"a"});
  CHECK(elements_of("").empty());
  CHECK(elements_of(" , ").empty());
}
