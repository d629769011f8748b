// The pieces the answer tables are written with.
#pragma once

#include "tests/support/answer_torture.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define OK_2 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define OK_CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
// An answer that must never reach anybody.
#define STRAY "HTTP/1.1 200 OK\r\nX-Stray: 1\r\nContent-Length: 5\r\n\r\nstray"

namespace poise::live::answers {

using support::AfterReply;
using support::AnswerCase;
using support::Outcome;
using support::with_late_bytes;
using AnswerTable = std::vector<AnswerCase>;

inline std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace poise::live::answers
