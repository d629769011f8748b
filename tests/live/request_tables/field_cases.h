// Header names and values.
#pragma once

#include "tests/live/request_tables/pieces.h"
#include "tests/support/message_want.h"

namespace poise::live::requests {

// clang-format off
inline RequestTable field_cases() {
  using enum Expect;
  using namespace std::string_literals;
  RequestTable table = {
    {"a name with every token character", GET "X-!#$%&'*+.^_`|~9: 1\r\n\r\n", forwarded, "GET /a X-!#$%&'*+.^_`|~9=1"},
    {"a name with an underscore", GET "X_A: 1\r\n\r\n", forwarded, "GET /a"},
    {"a name of one letter", GET "X: 1\r\n\r\n", forwarded, "GET /a X=1"},
    {"a name of digits", GET "123: 1\r\n\r\n", forwarded, "GET /a 123=1"},
    {"a space before the colon", GET "X-A : 1\r\n\r\n", refused},
    {"a tab before the colon", GET "X-A\t: 1\r\n\r\n", refused},
    {"a space within a name", GET "X A: 1\r\n\r\n", refused},
    {"no name", GET ": 1\r\n\r\n", refused},
    {"no name before a length", POST ": 1\r\nContent-Length: 52\r\n\r\n" HIDDEN, refused},
    {"only a colon", GET ":\r\n\r\n", refused},
    {"no colon", GET "X-A\r\n\r\n", refused},
    {"an indented first header", "GET /a HTTP/1.1\r\n X-A: 1\r\n" ID "\r\n", refused},
    {"an indented Host", "GET /a HTTP/1.1\r\nX-A: 1\r\n Host: evil.test\r\n" ID "\r\n", either, "GET /a Host=t.test"},
    {"a folded value", GET "X-A: 1\r\n 2\r\n\r\n", either, "GET /a"},
    {"a value folded with a tab", GET "X-A: 1\r\n\t2\r\n\r\n", either, "GET /a"},
    {"a value folded over nothing", GET "X-A: 1\r\n \r\n\r\n", either, "GET /a"},
    {"an empty value", GET "X-A:\r\n\r\n", forwarded, "GET /a X-A="},
    {"a value of spaces", GET "X-A:     \r\n\r\n", forwarded, "GET /a X-A="},
    {"a value among spaces", GET "X-A:   1   \r\n\r\n", forwarded, "GET /a X-A=1"},
    {"a value among tabs", GET "X-A:\t\t1\t\r\n\r\n", forwarded, "GET /a X-A=1"},
    {"a value with a colon", GET "X-A: 1:2\r\n\r\n", forwarded, "GET /a X-A=1:2"},
    {"a value with a tab inside", GET "X-A: 1\t2\r\n\r\n", forwarded, "GET /a"},
    {"a value in UTF-8", GET "X-A: \xc3\xa9\r\n\r\n", forwarded, "GET /a"},
    {"a value in Latin-1", GET "X-A: \xe9\r\n\r\n", either, "GET /a X-A=\xe9"},
    {"a value of 0xff", GET "X-A: \xff\r\n\r\n", either, "GET /a X-A=\xff"},
    {"a value with quotes and backslashes", GET "X-A: \"a\\\"b\r\n\r\n", forwarded, "GET /a X-A=\"a\\\"b"},
    {"the same header three times", GET "X-A: 1\r\nX-A: 2\r\nX-A: 3\r\n\r\n", forwarded, "GET /a"},
  };
  for (const char c : "\0\x01\x08\x1b\x7f\"(),/;<=>?@[\\]{}\x80\xc3\xff"s) {
    const std::string name = std::string("X") + c + "A: 1\r\n\r\n";
    table.push_back({"a name with " + support::printable({&c, 1}), GET + name, refused});
  }
  for (const char c : "\0\x01\x07\x08\x0b\x0c\x0e\x1b\x1f\x7f"s) {
    const std::string value = std::string("X-A: 1") + c + "2\r\n\r\n";
    table.push_back({"a value with " + support::printable({&c, 1}), GET + value, refused});
  }
  return table;
}
// clang-format on

}  // namespace poise::live::requests
