// Framing of answers: lengths, chunks, ends that are no ends, and what comes behind the end.
#pragma once

#include "tests/live/answer_tables/pieces.h"

#define HEAD_REQUEST "HEAD /answer HTTP/1.1"
#define OLD_REQUEST "GET /answer HTTP/1.0"

namespace poise::live::answers {

// clang-format off
inline AnswerTable framing_cases() {
  using enum Outcome;
  using enum AfterReply;
  return {
    {"a length", OK_2, keep, passed, "200 body=ok"},
    {"a length of 0", OK "Content-Length: 0\r\n\r\n", keep, passed, "200 body="},
    {"two equal lengths", OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"a list of equal lengths", OK "Content-Length: 2, 2\r\n\r\nok", keep, either, "200 body=ok"},
    {"two different lengths", OK "Content-Length: 2\r\nContent-Length: 44\r\n\r\nok" STRAY, keep, failed},
    {"two different lengths, the second shorter", OK "Content-Length: 44\r\nContent-Length: 2\r\n\r\nok" STRAY, keep, failed},
    {"a list of different lengths", OK "Content-Length: 2, 44\r\n\r\nok", close, failed},
    {"a negative length", OK "Content-Length: -2\r\n\r\nok", close, failed},
    {"a length with a plus sign", OK "Content-Length: +2\r\n\r\nok", close, failed},
    {"a hexadecimal length", OK "Content-Length: 0x2\r\n\r\nok", close, failed},
    {"an empty length", OK "Content-Length:\r\n\r\nok", close, failed},
    {"a length of words", OK "Content-Length: two\r\n\r\nok", close, failed},
    {"two numbers as a length", OK "Content-Length: 2 2\r\n\r\nok", close, failed},
    {"a length with a fraction", OK "Content-Length: 2.0\r\n\r\nok", close, failed},
    {"a length that wraps at 2^64", OK "Content-Length: 18446744073709551618\r\n\r\nok", close, failed},
    {"a length before a vertical tab", OK "Content-Length: 2\x0b\r\n\r\nok", close, failed},
    {"a length and chunked", OK "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", keep, failed},
    {"chunked and a length", OK "Transfer-Encoding: chunked\r\nContent-Length: 12\r\n\r\n2\r\nok\r\n0\r\n\r\n", keep, failed},
    {"chunked", OK_CHUNKED "2\r\nok\r\n0\r\n\r\n", keep, passed, "200 body=ok"},
    {"chunked in upper case", OK "Transfer-Encoding: CHUNKED\r\n\r\n2\r\nok\r\n0\r\n\r\n", keep, passed, "200 body=ok"},
    {"an empty chunked body", OK_CHUNKED "0\r\n\r\n", keep, passed, "200 body="},
    {"chunked twice", OK "Transfer-Encoding: chunked, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", keep, failed},
    {"chunked on two lines", OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", keep, failed},
    {"xchunked", OK "Transfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", close, failed},
    {"identity", OK "Transfer-Encoding: identity\r\n\r\nok", close, failed},
    {"chunked, then identity", OK "Transfer-Encoding: chunked, identity\r\n\r\n2\r\nok\r\n0\r\n\r\n", close, failed},
    {"chunked behind a vertical tab", OK "Transfer-Encoding: \x0b" "chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", close, failed},
    {"chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", close, failed},
    {"no length, then a close", OK "\r\nok", close, passed, "200 body=ok"},
    {"no length and no body", OK "\r\n", close, passed, "200 body="},
    {"Connection: close and a length", OK "Connection: close\r\nContent-Length: 2\r\n\r\nok", close, passed, "200 body=ok"},
    {"HTTP/1.0 with a length", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", close, passed, "200 body=ok"},
    {"HTTP/1.0 that stays open", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", keep, passed, "200 body=ok"},
    {"HTTP/1.0 without a length", "HTTP/1.0 200 OK\r\n\r\nok", close, passed, "200 body=ok"},
    {"chunked for a client of HTTP/1.0", OK_CHUNKED "2\r\nok\r\n0\r\n\r\n", keep, passed, "200 body=ok", OLD_REQUEST},
    {"a length for a client of HTTP/1.0", OK_2, keep, passed, "200 body=ok", OLD_REQUEST},
    {"204", "HTTP/1.1 204 No Content\r\n\r\n", keep, passed, "204 body="},
    {"204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", keep, either, "204 body="},
    {"204 with a body", "HTTP/1.1 204 No Content\r\nContent-Length: 44\r\n\r\n" STRAY, keep, either, "204 body="},
    {"204 with chunks", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", keep, either, "204 body="},
    {"304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 200\r\n\r\n", keep, passed, "304 body="},
    {"304 with a body", "HTTP/1.1 304 Not Modified\r\n\r\n" STRAY, keep, passed, "304 body="},
    {"HEAD with a length", OK "Content-Length: 200\r\n\r\n", keep, passed, "200 body= Content-Length=200", HEAD_REQUEST},
    {"HEAD with chunked", OK_CHUNKED, keep, passed, "200 body=", HEAD_REQUEST},
    {"HEAD without a length", OK "\r\n", keep, passed, "200 body=", HEAD_REQUEST},
    {"HEAD with a body", OK "Content-Length: 52\r\n\r\n" STRAY, keep, passed, "200 body=", HEAD_REQUEST},
    {"HEAD with two lengths", OK "Content-Length: 2\r\nContent-Length: 3\r\n\r\n", keep, failed, "", HEAD_REQUEST},
  };
}

inline AnswerTable truncation_cases() {
  using enum Outcome;
  using enum AfterReply;
  return {
    {"a body closed before its first byte", OK "Content-Length: 5\r\n\r\n", close, cut},
    {"a body closed within", OK "Content-Length: 5\r\n\r\nhel", close, cut},
    {"a body closed before its last byte", OK "Content-Length: 5\r\n\r\nhell", close, cut},
    {"a body reset before its first byte", OK "Content-Length: 5\r\n\r\n", reset, cut},
    {"a body reset within", OK "Content-Length: 5\r\n\r\nhel", reset, cut},
    {"a body that stalls", OK "Content-Length: 5\r\n\r\nhel", stall, cut},
    {"a huge length and a little body", OK "Content-Length: 9223372036854775807\r\n\r\nhello", close, cut},
    {"chunks closed before the first", OK_CHUNKED, close, cut},
    {"chunks closed within a size", OK_CHUNKED "5", close, cut},
    {"chunks closed behind a size", OK_CHUNKED "5\r\n", close, cut},
    {"chunks closed within data", OK_CHUNKED "5\r\nhel", close, cut},
    {"chunks closed behind data", OK_CHUNKED "5\r\nhello", close, cut},
    {"chunks closed before the last", OK_CHUNKED "5\r\nhello\r\n", close, cut},
    {"chunks closed within the last size", OK_CHUNKED "5\r\nhello\r\n0", close, cut},
    {"chunks closed behind the last size", OK_CHUNKED "5\r\nhello\r\n0\r\n", close, cut},
    {"chunks closed within the last CRLF", OK_CHUNKED "5\r\nhello\r\n0\r\n\r", close, cut},
    {"chunks closed within a trailer", OK_CHUNKED "5\r\nhello\r\n0\r\nX-T: 1\r\n", close, cut},
    {"chunks reset within data", OK_CHUNKED "5\r\nhel", reset, cut},
    {"chunks reset before the last", OK_CHUNKED "5\r\nhello\r\n", reset, cut},
    {"chunks that stall", OK_CHUNKED "5\r\nhello\r\n", stall, cut},
    {"no length, then a reset", OK "\r\nok", reset, cut},
    {"no length, then silence", OK "\r\nok", stall, cut},
    {"chunks cut for a client of HTTP/1.0", OK_CHUNKED "5\r\nhello\r\n", close, cut, "", OLD_REQUEST},
  };
}

inline AnswerTable chunk_cases() {
  using enum Outcome;
  using enum AfterReply;
  return {
    {"an extension", OK_CHUNKED "2;a=b\r\nok\r\n0\r\n\r\n", keep, either, "200 body=ok"},
    {"a size with leading zeros", OK_CHUNKED "0002\r\nok\r\n0\r\n\r\n", keep, either, "200 body=ok"},
    {"a trailer", OK_CHUNKED "2\r\nok\r\n0\r\nX-T: 1\r\n\r\n", keep, passed, "200 body=ok"},
    {"a length as a trailer", OK_CHUNKED "2\r\nok\r\n0\r\nContent-Length: 5\r\n\r\n", keep, passed, "200 body=ok !Content-Length"},
    {"a size that is no number", OK_CHUNKED "z\r\nok\r\n0\r\n\r\n", keep, cut},
    {"a size with 0x", OK_CHUNKED "0x2\r\nok\r\n0\r\n\r\n", keep, cut},
    {"a negative size", OK_CHUNKED "-2\r\nok\r\n0\r\n\r\n", keep, cut},
    {"an empty size", OK_CHUNKED "\r\nok\r\n0\r\n\r\n", keep, cut},
    {"a size behind a space", OK_CHUNKED " 2\r\nok\r\n0\r\n\r\n", keep, cut},
    {"a size that wraps at 2^64", OK_CHUNKED "10000000000000002\r\nok\r\n0\r\n\r\n", keep, cut},
    {"a size ended by a bare LF", OK_CHUNKED "2\nok\r\n0\r\n\r\n", keep, cut},
    {"an extension ended by a bare LF", OK_CHUNKED "2;a\nok\r\n0\r\n\r\n", keep, cut},
    {"an extension with a NUL", OK_CHUNKED "2;\0\r\nok\r\n0\r\n\r\n", keep, cut},
    {"an extension of 256 KiB", OK_CHUNKED "2;" + repeated("a", 262144) + "\r\nok\r\n0\r\n\r\n", close, cut},
    {"a chunk without its CRLF", OK_CHUNKED "2\r\nok0\r\n\r\n", close, cut},
    {"a chunk longer than its size", OK_CHUNKED "2\r\nokay\r\n0\r\n\r\n", close, cut},
    {"a chunk ended by a bare LF", OK_CHUNKED "2\r\nok\n0\r\n\r\n", close, cut},
    {"a last chunk ended by a bare LF", OK_CHUNKED "2\r\nok\r\n0\n\r\n", close, cut},
    {"a body ended by a bare LF", OK_CHUNKED "2\r\nok\r\n0\r\n\n", close, cut},
    {"a trailer ended by a bare LF", OK_CHUNKED "2\r\nok\r\n0\r\nX-T: 1\n\r\n", close, cut},
    {"a trailer without a colon", OK_CHUNKED "2\r\nok\r\n0\r\nX-T\r\n\r\n", close, cut},
    {"a trailer with a NUL", OK_CHUNKED "2\r\nok\r\n0\r\nX-T: \0\r\n\r\n", close, cut},
    {"an answer as a trailer", OK_CHUNKED "2\r\nok\r\n0\r\n" STRAY, close, cut},
    {"trailers of 256 KiB", OK_CHUNKED "2\r\nok\r\n0\r\nX-T: " + repeated("a", 262144) + "\r\n\r\n", close, cut},
    {"4000 trailers", OK_CHUNKED "2\r\nok\r\n0\r\n" + repeated("X-Trailer: 1\r\n", 4000) + "\r\n", close, cut},
  };
}

inline AnswerTable surplus_cases() {
  using enum Outcome;
  using enum AfterReply;
  return {
    {"two answers at once", OK_2 STRAY, keep, passed, "200 body=ok"},
    {"two chunked answers at once", OK_CHUNKED "2\r\nok\r\n0\r\n\r\n" STRAY, keep, passed, "200 body=ok"},
    {"an answer behind an empty one", OK "Content-Length: 0\r\n\r\n" STRAY, keep, passed, "200 body="},
    {"an answer behind a 204", "HTTP/1.1 204 No Content\r\n\r\n" STRAY, keep, passed, "204 body="},
    {"garbage behind an answer", OK_2 "garbage", keep, passed, "200 body=ok"},
    {"a CRLF behind an answer", OK_2 "\r\n", keep, passed, "200 body=ok"},
    {"half an answer behind an answer", OK_2 "HTTP/1.1 200 OK\r\nContent-", keep, passed, "200 body=ok"},
    {"64 KiB behind an answer", OK_2 + repeated("a", 65536), keep, passed, "200 body=ok"},
    {"an interim answer behind an answer", OK_2 "HTTP/1.1 103 Early Hints\r\n\r\n", keep, passed, "200 body=ok"},
    with_late_bytes({"an answer nobody asked for", OK_2, keep, passed, "200 body=ok"}, STRAY),
    with_late_bytes({"half an answer nobody asked for", OK_2, keep, passed, "200 body=ok"}, "HTTP/1.1 200 OK\r\n"),
    with_late_bytes({"one byte nobody asked for", OK_2, keep, passed, "200 body=ok"}, "H"),
    with_late_bytes({"an interim answer nobody asked for", OK_2, keep, passed, "200 body=ok"}, "HTTP/1.1 100 Continue\r\n\r\n"),
    with_late_bytes({"a 408 and a close nobody asked for", OK_2, close, passed, "200 body=ok"}, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    with_late_bytes({"an answer and a reset nobody asked for", OK_2, reset, passed, "200 body=ok"}, STRAY),
  };
}

inline AnswerTable interim_cases() {
  using enum Outcome;
  using enum AfterReply;
  return {
    {"100 Continue nobody asked for", "HTTP/1.1 100 Continue\r\n\r\n" OK_2, keep, passed, "200 body=ok"},
    {"103 Early Hints", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" OK_2, keep, passed, "200 body=ok"},
    {"102 Processing", "HTTP/1.1 102 Processing\r\n\r\n" OK_2, keep, passed, "200 body=ok"},
    {"an unknown interim status", "HTTP/1.1 199 Odd\r\n\r\n" OK_2, keep, either, "200 body=ok"},
    {"an interim answer for a client of HTTP/1.0", "HTTP/1.1 103 Early Hints\r\n\r\n" OK_2, keep, passed, "200 body=ok", OLD_REQUEST},
    {"an interim answer with a length", "HTTP/1.1 103 Early Hints\r\nContent-Length: 44\r\n\r\n" OK_2, keep, either, "200 body=ok"},
    {"an interim answer with chunked", "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n" OK_2, keep, either, "200 body=ok"},
    {"an interim answer with a bad header", "HTTP/1.1 103 Early Hints\r\nX A: 1\r\n\r\n" OK_2, keep, failed},
    {"an interim answer, then a close", "HTTP/1.1 103 Early Hints\r\n\r\n", close, failed},
    {"an interim answer, then garbage", "HTTP/1.1 103 Early Hints\r\n\r\ngarbage\r\n\r\n", close, failed},
    {"10000 interim answers", repeated("HTTP/1.1 100 Continue\r\n\r\n", 10000) + OK_2, close, either, "200 body=ok"},
    {"1 MiB of interim heads", repeated("HTTP/1.1 103 Early Hints\r\nX-A: " + repeated("a", 1000) + "\r\n\r\n", 1024) + OK_2, close, either, "200 body=ok"},
    {"101 nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" STRAY, keep, failed},
    {"101 without an Upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n" OK_2, keep, failed},
    {"101 to a HEAD", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", keep, failed, "", HEAD_REQUEST},
  };
}
// clang-format on

}  // namespace poise::live::answers
