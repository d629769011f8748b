// Status lines, header syntax and sizes of answers, and what does not look like HTTP at all.
#pragma once

#include "tests/live/answer_tables/pieces.h"

namespace poise::live::answers {

// clang-format off
inline AnswerTable status_line_cases() {
  using enum Outcome;
  using enum AfterReply;
  return {
    {"no reason phrase", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", keep, passed, "200 body=ok"},
    {"no space behind the status", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"a reason phrase in UTF-8", "HTTP/1.1 200 \xc3\xa9\r\nContent-Length: 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"an odd status", "HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nok", keep, passed, "299 body=ok"},
    {"a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a status of letters", "HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a status of 000", "HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a status with a plus sign", "HTTP/1.1 +20 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a negative status", "HTTP/1.1 -20 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a status that runs into its reason", "HTTP/1.1 200OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"two spaces before the status", "HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a tab before the status", "HTTP/1.1\t200 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a space before the version", " HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a version in lower case", "http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"HTTP/2.0 as a version", "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"HTTP/0.9 as a version", "HTTP/0.9 200 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"HTTP/1.2 as a version", "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"ICY as a version", "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a reason phrase with a NUL", "HTTP/1.1 200 O\0K\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a reason phrase with a bare CR", "HTTP/1.1 200 O\rK\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a reason phrase with a control byte", "HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a status line ended by a bare LF", "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a status line alone", "HTTP/1.1 200 OK\r\n", close, failed},
    {"half a status line", "HTTP/1.1 20", close, failed},
    {"a status line that stalls", "HTTP/1.1 20", stall, failed},
    {"an empty line first", "\r\n" OK_2, keep, either, "200 body=ok"},
    {"a page of HTTP/0.9", "<html>hello</html>\n", close, failed},
    {"words", "hello world\r\n\r\n", close, failed},
    {"a request for an answer", "GET / HTTP/1.1\r\nHost: t.test\r\n\r\n", keep, failed},
    {"an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n", keep, failed},
    {"NULs", "\0\0\0\0\0\0\0\0\0\0\r\n\r\n", keep, failed},
    {"a SETTINGS frame of HTTP/2", "\0\0\0\x04\0\0\0\0\0", keep, failed},
    {"a TLS alert", "\x15\x03\x03\0\x02\x02\x28", keep, failed},
    {"64 KiB without a line end", repeated("a", 65536), keep, failed},
  };
}

inline AnswerTable field_cases() {
  using enum Outcome;
  using enum AfterReply;
  return {
    {"a header without a colon", OK "X-A\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a header without a name", OK ": 1\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a space before a colon", OK "X-A : 1\r\nContent-Length: 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"a space before the length's colon", OK "Content-Length : 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"a space within a name", OK "X A: 1\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a NUL within a name", OK "X\0A: 1\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a high byte within a name", OK "X\xe9: 1\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a NUL within a value", OK "X-A: 1\0 2\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a control byte within a value", OK "X-A: \x01\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a bare CR within a value", OK "X-A: 1\rX-B: 2\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a header ended by a bare LF", OK "X-A: 1\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a head ended by a bare LF", OK "Content-Length: 2\r\n\nok", keep, failed},
    {"bare LFs everywhere", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", keep, failed},
    {"a folded value", OK "X-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"an indented first header", OK " X-A: 1\r\nContent-Length: 2\r\n\r\nok", keep, failed},
    {"a value of Latin-1", OK "X-A: \xe9\r\nContent-Length: 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"a head that never ends", OK "X-A: 1\r\n", close, failed},
    {"a head reset in the middle", OK "X-A: 1\r\n", reset, failed},
    {"a head that stalls", OK "X-A: 1\r\n", stall, failed},
    {"a head that ends within its last CRLF", OK "Content-Length: 2\r\n\r", close, failed},
    {"a value of 256 KiB", OK "X-A: " + repeated("a", 262144) + "\r\nContent-Length: 2\r\n\r\nok", close, failed},
    {"4000 headers", OK + repeated("X-A: 1\r\n", 4000) + "Content-Length: 2\r\n\r\nok", close, failed},
    {"a head of 1 MiB", OK + repeated("X-A: " + repeated("a", 1000) + "\r\n", 1024) + "Content-Length: 2\r\n\r\nok", close, failed},
    {"a field named by Connection", OK "Connection: X-A\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok", keep, passed, "200 body=ok !X-A"},
    {"a Keep-Alive of the backend's", OK "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok", keep, passed, "200 body=ok !Keep-Alive"},
    {"a Proxy-Connection of the backend's", OK "Proxy-Connection: close\r\nContent-Length: 2\r\n\r\nok", keep, passed, "200 body=ok !Proxy-Connection"},
    {"the length named by Connection", OK "Connection: Content-Length\r\nContent-Length: 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"two cookies", OK "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nok", keep, passed, "200 body=ok"},
    {"nothing, then a close", "", close, failed},
    {"nothing, then a reset", "", reset, failed},
    {"nothing at all", "", stall, failed},
  };
}
// clang-format on

}  // namespace poise::live::answers
