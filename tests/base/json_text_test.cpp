#include "proxy/base/json_text.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "proxy/base/random.h"

using poise::base::append_json_escaped;

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_json_escaped(out, text);
  return out;
}

std::string parsed(std::string_view text) {
  return nlohmann::json::parse('"' + escaped(text) + '"').get<std::string>();
}

}  // namespace

TEST_CASE("clean text stays as it is") {
  CHECK(escaped("").empty());
  CHECK(escaped("/v1/users?id=42&x=~") == "/v1/users?id=42&x=~");
  CHECK(escaped("gr\xc3\xbc\xc3\x9f dich \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "gr\xc3\xbc\xc3\x9f dich \xe2\x82\xac \xf0\x9f\x98\x80");
}

TEST_CASE("quotes, backslashes and controls are escaped at every place") {
  for (std::size_t length = 0; length < 20; ++length) {
    for (int byte = 0; byte < 0x80; ++byte) {
      const std::string text = std::string(length, 'x') + static_cast<char>(byte) + "yy";
      REQUIRE(parsed(text) == text);
      REQUIRE(escaped(text).find('\n') == std::string::npos);
    }
  }
  CHECK(escaped("a\"b\\c\n") == R"(a\"b\\c\n)");
  CHECK(escaped(std::string_view("\0\x7f", 2)) == R"(\u0000\u007f)");
  CHECK(escaped("\xc2\x9b") == R"(\u009b)");
}

TEST_CASE("bytes that are no UTF-8 become U+FFFD") {
  CHECK(escaped("a\xff") == R"(a\ufffd)");
  CHECK(escaped("\xc3") == R"(\ufffd)");
  CHECK(escaped("\xc3x") == R"(\ufffdx)");
  CHECK(escaped("\xc0\xaf") == R"(\ufffd\ufffd)");                      // overlong
  CHECK(escaped("\xed\xa0\x80") == R"(\ufffd\ufffd\ufffd)");            // surrogate
  CHECK(escaped("\xf4\x90\x80\x80") == R"(\ufffd\ufffd\ufffd\ufffd)");  // above U+10FFFF
}

TEST_CASE("any bytes give a valid JSON string") {
  poise::base::Random random(3);
  for (int i = 0; i < 20000; ++i) {
    std::string text(random.below(40), '\0');
    const auto ascii = random.below(2) == 0;
    for (auto& c : text) c = static_cast<char>(random.below(ascii ? 0x90 : 0x100));
    REQUIRE_NOTHROW(parsed(text));
  }
}
