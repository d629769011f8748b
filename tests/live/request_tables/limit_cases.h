// Sizes and numbers, below the limits and far beyond them.
#pragma once

#include "tests/live/request_tables/pieces.h"

namespace poise::live::requests {

// clang-format off
inline RequestTable limit_cases() {
  using enum Expect;
  return {
    {"40 headers", GET + repeated("X-A: 1\r\n", 40) + "\r\n", forwarded, "GET /a"},
    {"a value of 7 KiB", GET "X-A: " + repeated("a", 7168) + "\r\n\r\n", forwarded, "GET /a"},
    {"a target of 3 KiB", "GET /" + repeated("a", 3072) + " HTTP/1.1\r\n" ID "\r\n", forwarded, "GET ?"},
    {"a body of 200 KiB", POST "Content-Length: 204800\r\n\r\n" + repeated("0123456789abcdef", 12800), forwarded, "POST /a"},
    {"4000 headers", GET + repeated("X-A: 1\r\n", 4000) + "\r\n", refused},
    {"4000 empty headers", GET + repeated("X:\r\n", 4000) + "\r\n", refused},
    {"a value of 256 KiB", GET "X-A: " + repeated("a", 262144) + "\r\n\r\n", refused},
    {"a name of 256 KiB", GET + repeated("a", 262144) + ": 1\r\n\r\n", refused},
    {"a name that wraps at 256", GET "Content-Length" + repeated("a", 256) + ": 52\r\n\r\n", either, "GET /a"},
    {"a name of 64 KiB and a length", POST "Content-Length0" + repeated("a", 65536 - 15) + ":\r\nContent-Length: 52\r\n\r\n" HIDDEN, refused},
    {"a target of 256 KiB", "GET /" + repeated("a", 262144) + " HTTP/1.1\r\n" ID "\r\n", refused},
    {"a query of 256 KiB", "GET /?" + repeated("a", 262144) + " HTTP/1.1\r\n" ID "\r\n", refused},
    {"a method of 256 KiB", repeated("A", 262144) + " / HTTP/1.1\r\n" ID "\r\n", refused},
    {"a version of 256 KiB", "GET / HTTP/1." + repeated("1", 262144) + "\r\n" ID "\r\n", refused},
    {"many headers of 256 KiB together", GET + repeated("X-A: " + repeated("a", 1000) + "\r\n", 256) + "\r\n", refused},
    {"256 KiB without a line end", repeated("a", 262144), refused},
    {"256 KiB of spaces in a value", GET "X-A:" + repeated(" ", 262144) + "1\r\n\r\n", refused},
    {"256 KiB of NULs", std::string(262144, '\0'), refused},
  };
}
// clang-format on

}  // namespace poise::live::requests
