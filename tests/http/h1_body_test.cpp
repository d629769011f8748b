#include "proxy/http/h1_body.h"

#include <catch2/catch.hpp>
#include <string>

using namespace poise;
using namespace poise::http;
using Kind = H1Body::Step::Kind;

namespace {

struct Outcome {
  Kind kind = Kind::need_more;
  std::string data;
  std::string trailers;
  std::size_t used = 0;

  bool operator==(const Outcome&) const = default;
};

// As a connection does it: what a step did not take is offered again with what comes next.
Outcome read(Framing framing, std::string_view text, std::size_t piece,
             base::ByteCount length = 0) {
  H1Body body;
  body.begin(framing, length);
  Outcome outcome;
  for (std::size_t end = std::min(piece, text.size());;) {
    const H1Body::Step step = body.next(text.substr(outcome.used, end - outcome.used));
    outcome.kind = step.kind;
    outcome.used += step.used;
    outcome.data += step.data;
    if (step.kind == Kind::end) {
      for (const Field& field : body.trailers().all()) {
        outcome.trailers += std::string(field.name) + '=' + std::string(field.value) + ';';
      }
    }
    if (step.kind == Kind::end || step.kind == Kind::broken) return outcome;
    if (step.kind == Kind::data) continue;
    if (end == text.size()) return outcome;
    end = std::min(end + piece, text.size());
  }
}

Outcome chunked(std::string_view text, std::size_t piece = 100'000) {
  return read(Framing::chunked, text, piece);
}

}  // namespace

TEST_CASE("a counted body ends after its length, and leaves what follows") {
  const Outcome outcome = read(Framing::length, "hello world", 100, 5);
  CHECK(outcome.kind == Kind::end);
  CHECK(outcome.data == "hello");
  CHECK(outcome.used == 5);
  CHECK(read(Framing::length, "hell", 100, 5).kind == Kind::need_more);
}

TEST_CASE("a body until the close ends only there") {
  H1Body body;
  body.begin(Framing::close, 0);
  CHECK(body.next("abc").kind == Kind::data);
  CHECK(body.next("").kind == Kind::need_more);
  CHECK(body.at_end_of_input().kind == Kind::end);
}

TEST_CASE("chunks are put together, and their lines and extensions dropped") {
  const std::string text =
      "4\r\nWiki\r\n5;a=\"b\";c\r\npedia\r\n00E\r\n in\r\n\r\nchunks.\r\n0\r\n\r\n";
  const Outcome outcome = chunked(text + "GET");
  CHECK(outcome.kind == Kind::end);
  CHECK(outcome.data == "Wikipedia in\r\n\r\nchunks.");
  CHECK(outcome.used == text.size());
}

TEST_CASE("chunks read the same in pieces of any size") {
  for (const std::string text :
       {"4\r\nWiki\r\n5;x\r\npedia\r\n0\r\n\r\nrest", "1\r\na\r\n0\r\nA: b\r\nC:d\r\n\r\nrest",
        "3\r\nabcd\r\n", "0\r\nbad\r\n\r\n", "2\r\nab\r\n0\r\n", "zz"}) {
    INFO(text);
    const Outcome whole = chunked(text);
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
      const Outcome pieces = chunked(text, piece);
      CHECK(pieces.kind == whole.kind);
      if (whole.kind == Kind::broken) continue;
      CHECK(pieces.data == whole.data);
      CHECK(pieces.trailers == whole.trailers);
      CHECK(pieces.used == whole.used);
    }
  }
}

TEST_CASE("chunk lines that parsers read differently are broken") {
  for (const std::string text :
       {"\r\n", "4 \r\nWiki", " 4\r\nWiki", "4\nWiki\r\n", "4\r\nWiki\n0\r\n\r\n", "0x4\r\nWiki",
        "+4\r\nWiki", "-4\r\nWiki", "4\rWiki", "4\r\nWikipedia\r\n", "4\r\nWik\r\n0\r\n\r\n",
        "4;a\nWiki\r\n", "4;a\x01\r\nWiki", "4,\r\n", "4_0\r\n", "g\r\n", ";a\r\n",
        "1000000000000000\r\n", "0000000000000001\r\na"}) {
    INFO(text);
    CHECK(chunked(text).kind == Kind::broken);
  }
}

TEST_CASE("extensions are bounded") {
  CHECK(chunked("1;" + std::string(256, 'x') + "\r\na\r\n0\r\n\r\n").kind == Kind::end);
  CHECK(chunked("1;" + std::string(257, 'x') + "\r\na\r\n0\r\n\r\n").kind == Kind::broken);
}

TEST_CASE("trailers are handed on, but none that frames, routes or names the client") {
  const Outcome outcome = chunked(
      "0\r\nX-Sum: \t1 \r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: b\r\n"
      "Cookie: c\r\nX-Forwarded-For: d\r\nConnection: e\r\nEmpty:\r\n\r\n");
  CHECK(outcome.kind == Kind::end);
  CHECK(outcome.trailers == "X-Sum=1;Empty=;");
}

TEST_CASE("malformed trailers are broken") {
  for (const std::string text :
       {"0\r\nA\r\n\r\n", "0\r\nA : b\r\n\r\n", "0\r\n A: b\r\n\r\n", "0\r\n: b\r\n\r\n",
        "0\r\nA: b\nC: d\r\n\r\n", "0\r\nA: b\rc\r\n\r\n", "0\r\nA: b\r\n\r\r\n\r\n"}) {
    INFO(text);
    CHECK(chunked(text).kind == Kind::broken);
  }
  CHECK(chunked(std::string("0\r\nA: b\0c\r\n\r\n", 14)).kind == Kind::broken);
}

TEST_CASE("trailers are bounded in bytes and in number") {
  std::string lines;
  for (int i = 0; i < 64; ++i) lines += "A: b\r\n";
  CHECK(chunked("0\r\n" + lines + "\r\n").kind == Kind::end);
  CHECK(chunked("0\r\n" + lines + "A: b\r\n\r\n").kind == Kind::broken);
  CHECK(chunked("0\r\nA: " + std::string(9000, 'x')).kind == Kind::broken);
}

TEST_CASE("the end of the connection within a body is a break") {
  H1Body body;
  body.begin(Framing::length, 5);
  (void)body.next("abc");
  CHECK(body.at_end_of_input().kind == Kind::broken);
  body.begin(Framing::chunked, 0);
  (void)body.next("5\r\nhello\r\n");
  CHECK(body.at_end_of_input().kind == Kind::broken);
}

TEST_CASE("a body begun anew remembers nothing of the one before") {
  H1Body body;
  body.begin(Framing::chunked, 0);
  (void)body.next("0\r\nA: b\r\n\r\n");
  CHECK(body.trailers().size() == 1);
  body.begin(Framing::chunked, 0);
  CHECK(body.next("0\r\n\r\n").kind == Kind::end);
  CHECK(body.trailers().empty());
}
