// The Host header: how many, and what may stand in it.
#pragma once

#include "tests/live/request_tables/pieces.h"

#define HOST(value) "GET /a HTTP/1.1\r\nHost: " value "\r\nX-Id: {id}\r\n\r\n"

namespace poise::live::requests {

// clang-format off
inline RequestTable host_cases() {
  using enum Expect;
  return {
    {"no Host in HTTP/1.1", "GET /a HTTP/1.1\r\nX-Id: {id}\r\n\r\n", refused},
    {"no Host in HTTP/1.0", "GET /a HTTP/1.0\r\nX-Id: {id}\r\n\r\n", forwarded, "GET /a"},
    {"two equal Hosts", "GET /a HTTP/1.1\r\nHost: t.test\r\n" ID "\r\n", refused},
    {"two different Hosts", "GET /a HTTP/1.1\r\nHost: evil.test\r\n" ID "\r\n", refused},
    {"two Hosts in HTTP/1.0", "GET /a HTTP/1.0\r\nHost: evil.test\r\n" ID "\r\n", refused},
    {"two Hosts of different case", "GET /a HTTP/1.1\r\nHOST: evil.test\r\n" ID "\r\n", refused},
    {"a Host with a space before its colon", "GET /a HTTP/1.1\r\nHost : t.test\r\nX-Id: {id}\r\n\r\n", refused},
    {"an empty Host", HOST(""), either, "GET /a"},
    {"a Host with a port", HOST("t.test:8080"), forwarded, "GET /a Host=t.test:8080"},
    {"a Host with an empty port", HOST("t.test:"), either, "GET /a"},
    {"a Host in upper case", HOST("T.TEST"), either, "GET /a"},
    {"a Host that is an IPv6 address", HOST("[::1]:80"), either, "GET /a"},
    {"a Host that is an open bracket", HOST("[::1"), refused},
    {"a Host with text behind a bracket", HOST("[::1]evil"), refused},
    {"a bare IPv6 address", HOST("::1"), refused},
    {"a list of Hosts", HOST("t.test, evil.test"), refused},
    {"two words as a Host", HOST("t.test evil.test"), refused},
    {"a Host with a tab", HOST("t.test\tevil.test"), refused},
    {"a Host with a path", HOST("t.test/evil"), refused},
    {"a Host with a query", HOST("t.test?evil"), refused},
    {"a Host with a fragment", HOST("t.test#evil"), refused},
    {"a Host with a user", HOST("user@t.test"), refused},
    {"a Host with a scheme", HOST("http://t.test"), refused},
    {"a Host with a backslash", HOST("t.test\\evil"), refused},
    {"a Host with markup", HOST("<script>"), refused},
    {"a Host with a quote", HOST("t.test\"evil"), refused},
    {"a Host with a bad port", HOST("t.test:x"), refused},
    {"a Host with a negative port", HOST("t.test:-1"), refused},
    {"a Host with too large a port", HOST("t.test:99999"), refused},
    {"a Host with two ports", HOST("t.test:80:81"), refused},
    {"a Host with a NUL", HOST("t.test\0evil"), refused},
    {"a Host with a control byte", HOST("t.test\x01"), refused},
    {"a Host with a high byte", HOST("t\xe9st"), refused},
    {"a folded Host", "GET /a HTTP/1.1\r\nHost: t.test\r\n evil.test\r\nX-Id: {id}\r\n\r\n", refused},
    {"a Host of 10000 letters", "GET /a HTTP/1.1\r\nHost: " + repeated("a", 10000) + "\r\nX-Id: {id}\r\n\r\n", either, "GET /a"},
  };
}
// clang-format on

}  // namespace poise::live::requests
