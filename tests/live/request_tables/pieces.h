// The pieces the request tables are written with. Macros, because only literals join at compile
// time.
#pragma once

#include "tests/support/request_torture.h"

// NOLINTBEGIN: string literals
#define ID "Host: t.test\r\nX-Id: {id}\r\n"
#define GET "GET /a HTTP/1.1\r\n" ID
#define POST "POST /a HTTP/1.1\r\n" ID
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
// 52 (0x34) bytes that would be a request of their own if anybody took them for one.
#define HIDDEN "GET /hidden HTTP/1.1\r\nHost: t.test\r\nX-Id: hidden\r\n\r\n"
#define NEXT "GET /b HTTP/1.1\r\n" ID "\r\n"
// NOLINTEND

namespace poise::live::requests {

using support::Ending;
using support::Expect;
using support::RequestCase;
using RequestTable = std::vector<RequestCase>;

inline std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace poise::live::requests
