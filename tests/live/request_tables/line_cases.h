// Bare LF, bare CR and empty lines in the head.
#pragma once

#include "tests/live/request_tables/pieces.h"

namespace poise::live::requests {

// clang-format off
inline RequestTable line_cases() {
  using enum Expect;
  return {
    {"bare LFs everywhere", "GET /a HTTP/1.1\nHost: t.test\nX-Id: {id}\n\n", refused},
    {"bare CRs everywhere", "GET /a HTTP/1.1\rHost: t.test\rX-Id: {id}\r\r", refused, "", Ending::shutdown},
    {"a request line ended by a bare LF", "GET /a HTTP/1.1\n" ID "\r\n", refused},
    {"a request line ended by a bare CR", "GET /a HTTP/1.1\r" ID "\r\n", refused},
    {"a request line ended by LF CR", "GET /a HTTP/1.1\n\r" ID "\r\n", refused},
    {"a request line ended by CR CR LF", "GET /a HTTP/1.1\r\r\n" ID "\r\n", refused},
    {"a header ended by a bare LF", GET "X-A: a\nX-B: b\r\n\r\n", refused},
    {"a header ended by a bare CR", GET "X-A: a\rX-B: b\r\n\r\n", refused},
    {"a header ended by LF CR", GET "X-A: a\n\rX-B: b\r\n\r\n", refused},
    {"a header ended by CR CR LF", GET "X-A: a\r\r\nX-B: b\r\n\r\n", refused},
    {"the Host ended by a bare LF", "GET /a HTTP/1.1\r\nHost: t.test\nX-Id: {id}\r\n\r\n", refused},
    {"a head ended by a bare LF", GET "\n", refused},
    {"a head ended by a bare LF after a bare LF", GET "X-A: a\n\n", refused},
    {"a head ended by a bare CR", GET "\r", refused, "", Ending::shutdown},
    {"a head ended by CR CR LF", GET "\r\r\n", refused},
    {"a head ended by LF, a request behind it", GET "X-A: a\n\n" HIDDEN, refused},
    {"a bare CR within a value", GET "X-A: a\rb\r\n\r\n", refused},
    {"a bare CR before a value", GET "X-A: \ra\r\n\r\n", refused},
    {"a bare CR within a name", GET "X\r-A: a\r\n\r\n", refused},
    {"a bare CR before a colon", GET "X-A\r: a\r\n\r\n", refused},
    {"a bare CR before a name", GET "\rX-A: a\r\n\r\n", refused},
    {"a bare LF within a name", GET "X\n-A: a\r\n\r\n", refused},
    {"a bare CR within the target", "GET /a\rb HTTP/1.1\r\n" ID "\r\n", refused},
    {"a bare LF within the target", "GET /a\nb HTTP/1.1\r\n" ID "\r\n", refused},
    {"a CRLF within the target", "GET /a\r\nX: HTTP/1.1\r\n" ID "\r\n", refused},
    {"one empty line first", "\r\n" GET "\r\n", either, "GET /a"},
    {"two empty lines first", "\r\n\r\n" GET "\r\n", either, "GET /a"},
    {"10000 empty lines first", repeated("\r\n", 10000) + GET "\r\n", either, "GET /a"},
    {"a bare LF first", "\n" GET "\r\n", either, "GET /a"},
    {"a bare CR first", "\r" GET "\r\n", refused},
    {"a space first", " " GET "\r\n", refused},
    {"a line with a space first", " \r\n" GET "\r\n", refused},
    {"a NUL first", "\0" GET "\r\n", refused},
    {"an empty line between two requests", GET "\r\n\r\n" NEXT, either, "GET /a | GET /b"},
    {"an empty line behind a body", POST "Content-Length: 5\r\n\r\nhello\r\n" NEXT, either, "POST /a body=hello | GET /b"},
    {"a head that never ends", GET, refused, "", Ending::shutdown},
    {"a head that ends within a name", GET "X-A", refused, "", Ending::shutdown},
    {"a head that ends within its last CRLF", GET "\r", refused, "", Ending::shutdown},
    {"a request line that never ends", "GET /a HT", refused, "", Ending::shutdown},
  };
}
// clang-format on

}  // namespace poise::live::requests
