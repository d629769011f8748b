// Hop-by-hop fields, Upgrade, CONNECT, Expect, and more than one request on a connection.
#pragma once

#include "tests/live/request_tables/pieces.h"

#define WEBSOCKET                                                              \
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

namespace poise::live::requests {

// clang-format off
inline RequestTable hop_cases() {
  using enum Expect;
  return {
    {"a field named by Connection", GET "Connection: X-A\r\nX-A: 1\r\n\r\n", forwarded, "GET /a !X-A"},
    {"a field named beside close", GET "Connection: close, X-A\r\nX-A: 1\r\n\r\n", forwarded, "GET /a !X-A"},
    {"fields named by two Connections", GET "Connection: X-A\r\nConnection: x-b\r\nX-A: 1\r\nX-B: 1\r\n\r\n", forwarded, "GET /a !X-A !X-B"},
    {"fields named by twelve Connections", GET + repeated("Connection: X-Z\r\n", 11) + "Connection: X-A\r\nX-A: 1\r\n\r\n", either, "GET /a !X-A"},
    {"a field named last of two hundred", GET "Connection: " + repeated("X-Z, ", 199) + "X-A\r\nX-A: 1\r\n\r\n", either, "GET /a !X-A"},
    {"a field named before it comes", GET "X-A: 1\r\nConnection: x-a\r\n\r\n", forwarded, "GET /a !X-A"},
    {"Host named by Connection", GET "Connection: host\r\n\r\n", either, "GET /a Host=t.test"},
    {"the length named by Connection", POST "Connection: content-length\r\nContent-Length: 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"the encoding named by Connection", POST "Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", either, "POST /a body=hello"},
    {"an empty Connection", GET "Connection:\r\n\r\n", forwarded, "GET /a"},
    {"Connection: close, close", GET "Connection: close, close\r\n\r\n", forwarded, "GET /a"},
    {"Connection: keep-alive, close", GET "Connection: keep-alive, close\r\n\r\n", forwarded, "GET /a"},
    {"a Connection with a NUL", GET "Connection: \0close\r\n\r\n", refused},
    {"a request behind Connection: close", GET "Connection: close\r\n\r\n" HIDDEN, forwarded, "GET /a"},
    {"a request behind one of HTTP/1.0", "GET /a HTTP/1.0\r\n" ID "\r\n" HIDDEN, forwarded, "GET /a"},
    {"a Keep-Alive", GET "Keep-Alive: timeout=5\r\nConnection: keep-alive\r\n\r\n", forwarded, "GET /a !Keep-Alive"},
    {"a Keep-Alive nobody named", GET "Keep-Alive: timeout=5\r\n\r\n", forwarded, "GET /a !Keep-Alive"},
    {"a Proxy-Connection", GET "Proxy-Connection: keep-alive\r\n\r\n", forwarded, "GET /a !Proxy-Connection"},
    {"TE: trailers", GET "TE: trailers\r\nConnection: TE\r\n\r\n", forwarded, "GET /a"},
    {"TE: chunked", GET "TE: chunked\r\n\r\n", forwarded, "GET /a !Transfer-Encoding"},
    {"a Trailer without a body", GET "Trailer: X-T\r\n\r\n", forwarded, "GET /a"},
    {"X-Forwarded-For named by Connection", GET "Connection: X-Forwarded-For\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n", forwarded, "GET /a"},
  };
}

inline RequestTable upgrade_cases() {
  using enum Expect;
  return {
    {"an Upgrade nobody named", GET "Upgrade: websocket\r\n\r\n", forwarded, "GET /a !Upgrade"},
    {"an Upgrade to h2c", GET "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", either, "GET /a !Upgrade !HTTP2-Settings"},
    {"an Upgrade to h2c with a body", POST "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhello", either, "POST /a body=hello !Upgrade"},
    {"an Upgrade to a list", GET "Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n\r\n", either, "GET /a"},
    {"an Upgrade to TLS", GET "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n\r\n", either, "GET /a"},
    {"an Upgrade to something unknown", GET "Connection: Upgrade\r\nUpgrade: foo\r\n\r\n", either, "GET /a"},
    {"an empty Upgrade", GET "Connection: Upgrade\r\nUpgrade:\r\n\r\n", either, "GET /a"},
    {"a WebSocket answered 200", GET WEBSOCKET "\r\n", forwarded, "GET /a"},
    {"a request behind a WebSocket answered 200", GET WEBSOCKET "\r\n" NEXT, either, "GET /a | GET /b"},
    {"a WebSocket with a body", GET WEBSOCKET "Content-Length: 52\r\n\r\n" HIDDEN, either, "GET /a Content-Length=52"},
    {"a WebSocket with a chunked body", GET WEBSOCKET "Transfer-Encoding: chunked\r\n\r\n34\r\n" HIDDEN "\r\n0\r\n\r\n", either, "GET /a"},
    {"a WebSocket in HTTP/1.0", "GET /a HTTP/1.0\r\n" ID WEBSOCKET "\r\n" HIDDEN, either, "GET /a"},
    {"a WebSocket by POST", POST WEBSOCKET "Content-Length: 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"CONNECT", "CONNECT t.test:80 HTTP/1.1\r\n" ID "\r\n" HIDDEN, refused},
    {"CONNECT with a body", "CONNECT t.test:80 HTTP/1.1\r\n" ID "Content-Length: 52\r\n\r\n" HIDDEN, refused},
    {"CONNECT to a path", "CONNECT /a HTTP/1.1\r\n" ID "\r\n" HIDDEN, refused},
    {"CONNECT to a URL", "CONNECT http://t.test/ HTTP/1.1\r\n" ID "\r\n" HIDDEN, refused},
    {"CONNECT without a port", "CONNECT t.test HTTP/1.1\r\n" ID "\r\n" HIDDEN, refused},
    {"CONNECT in HTTP/1.0", "CONNECT t.test:80 HTTP/1.0\r\n" ID "\r\n" HIDDEN, refused},
    {"CONNECT that asks for an upgrade", "CONNECT t.test:80 HTTP/1.1\r\n" ID WEBSOCKET "\r\n" HIDDEN, refused},
  };
}

inline RequestTable expect_cases() {
  using enum Expect;
  return {
    {"100-continue with the body behind it", POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"100-Continue in mixed case", POST "Expect: 100-Continue\r\nContent-Length: 5\r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"100-continue with a chunked body", POST "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", forwarded, "POST /a body=hello"},
    {"100-continue without a body", GET "Expect: 100-continue\r\n\r\n", either, "GET /a"},
    {"100-continue with a length of 0", POST "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n" NEXT, either, "POST /a body= | GET /b"},
    {"100-continue in HTTP/1.0", "POST /a HTTP/1.0\r\n" ID "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"an unknown expectation", POST "Expect: cow\r\nContent-Length: 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"100-continue and another", POST "Expect: 100-continue, cow\r\nContent-Length: 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"100-continue twice", POST "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"an empty expectation", POST "Expect:\r\nContent-Length: 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"an expectation behind a space", POST "Expect : 100-continue\r\nContent-Length: 52\r\n\r\n" HIDDEN, refused},
    {"an expectation on a folded line", POST "Expect:\r\n 100-continue\r\nContent-Length: 52\r\n\r\n" HIDDEN, either, "POST /a"},
    {"100-continue answered early", "POST /early HTTP/1.1\r\n" ID "Expect: 100-continue\r\nContent-Length: 52\r\n\r\n" HIDDEN, either, "POST /early"},
    {"100-continue answered early and closed", "POST /early-close HTTP/1.1\r\n" ID "Expect: 100-continue\r\nContent-Length: 52\r\n\r\n" HIDDEN, either, "POST /early-close"},
    {"a GET answered early", "GET /early HTTP/1.1\r\n" ID "Expect: 100-continue\r\nContent-Length: 52\r\n\r\n" HIDDEN, either, "GET /early"},
    {"100-continue refused by the proxy itself", "POST /denied HTTP/1.1\r\n" ID "Expect: 100-continue\r\nContent-Length: 52\r\n\r\n" HIDDEN, answered},
  };
}

inline RequestTable pipeline_cases() {
  using enum Expect;
  return {
    {"two requests at once", GET "\r\n" NEXT, forwarded, "GET /a | GET /b"},
    {"three requests at once", GET "\r\n" NEXT NEXT, forwarded, "GET /a | GET /b | GET /b"},
    {"a body and a request behind it", POST "Content-Length: 5\r\n\r\nhello" NEXT, forwarded, "POST /a body=hello | GET /b"},
    {"a HEAD and a request behind it", "HEAD /a HTTP/1.1\r\n" ID "\r\n" NEXT, forwarded, "HEAD /a | GET /b"},
    {"a good request and garbage", GET "\r\n\x01\x02\x03\r\n\r\n", refused, "GET /a"},
    {"a good request and a bad length", GET "\r\n" POST "Content-Length: 5, 6\r\n\r\nhello", refused, "GET /a"},
    {"a good request and a smuggler", GET "\r\n" POST "Content-Length: 57\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN, refused, "GET /a"},
    {"a good request and half of another", GET "\r\nGET /b HT", refused, "GET /a", Ending::shutdown},
    {"a smuggler and a good request", POST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN, refused},
    {"a bad request and a good one", "GET /a HTTP/1.1\r\nHost: a b\r\nX-Id: {id}\r\n\r\n" HIDDEN, refused},
    {"two requests of HTTP/1.0 that stay open", "GET /a HTTP/1.0\r\n" ID "Connection: keep-alive\r\n\r\n" NEXT, either, "GET /a | GET /b"},
    {"a denied request hiding one in its body", "POST /denied HTTP/1.1\r\n" ID "Content-Length: 52\r\n\r\n" HIDDEN, answered},
    {"a denied request hiding one in a chunk", "POST /denied HTTP/1.1\r\n" ID "Transfer-Encoding: chunked\r\n\r\n34\r\n" HIDDEN "\r\n0\r\n\r\n", answered},
    {"a denied request whose chunks are broken", "POST /denied HTTP/1.1\r\n" ID "Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n" HIDDEN, answered},
    {"a denied request and one behind it", "GET /denied HTTP/1.1\r\n" ID "\r\n" NEXT, answered, "GET /b"},
    {"a denied body and a request behind it", "POST /denied HTTP/1.1\r\n" ID "Content-Length: 5\r\n\r\nhello" NEXT, answered, "GET /b"},
    {"a denied body that never comes", "POST /denied HTTP/1.1\r\n" ID "Content-Length: 52\r\n\r\n", answered},
    {"an early answer and a request behind the body", "POST /early HTTP/1.1\r\n" ID "Content-Length: 52\r\n\r\n" HIDDEN NEXT, either, "POST /early | GET /b"},
    {"an early answer and a close", "POST /early-close HTTP/1.1\r\n" ID "Content-Length: 52\r\n\r\n" HIDDEN NEXT, either, "POST /early-close | GET /b"},
    {"an early answer to half a body", "POST /early HTTP/1.1\r\n" ID "Content-Length: 104\r\n\r\n" HIDDEN, either, "POST /early", Ending::shutdown},
    {"an early answer to broken chunks", "POST /early HTTP/1.1\r\n" ID "Transfer-Encoding: chunked\r\n\r\n5\r\nhello" HIDDEN, either, ""},
  };
}
// clang-format on

}  // namespace poise::live::requests
