// W3C Trace Context: what is read, what is refused, and what is written.
#include "proxy/tracing/trace_context.h"

#include <catch2/catch.hpp>
#include <string>

using namespace poise::tracing;

namespace {

const std::string kGood = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string with(std::size_t at, const std::string& text) {
  return kGood.substr(0, at) + text + kGood.substr(at + text.size());
}

}  // namespace

TEST_CASE("a traceparent is read and written as it was") {
  const auto parent = parse_trace_parent(kGood);
  REQUIRE(parent);
  CHECK(parent->trace == TraceId{0x0af7651916cd43dd, 0x8448eb211c80319c});
  CHECK(parent->parent == 0xb7ad6b7169203331);
  CHECK(parent->sampled);
  char text[kTraceParentSize];
  write_trace_parent(text, *parent);
  CHECK(std::string(text, sizeof text) == kGood);
  CHECK(TraceIdText(parent->trace).text() == "0af7651916cd43dd8448eb211c80319c");
}

TEST_CASE("only the last bit of the flags says that a trace is sampled") {
  CHECK_FALSE(parse_trace_parent(with(53, "00"))->sampled);
  CHECK_FALSE(parse_trace_parent(with(53, "fe"))->sampled);
  CHECK(parse_trace_parent(with(53, "ff"))->sampled);
}

TEST_CASE("a later version is read as far as it says the same") {
  CHECK(parse_trace_parent(with(0, "01")));
  CHECK(parse_trace_parent(with(0, "cc") + "-what-the-future-will-be"));
  CHECK_FALSE(parse_trace_parent(with(0, "cc") + ".more"));
  CHECK_FALSE(parse_trace_parent(with(0, "ff")));
}

TEST_CASE("a malformed traceparent is none") {
  const std::string value = GENERATE(
      std::string(), "00", kGood.substr(0, 54), kGood + "-", kGood + "0", " " + kGood,
      with(0, "0A"), with(2, "_"), with(3, "0AF7"), with(35, "_"), with(36, "B7"), with(52, "_"),
      with(53, "0x"), with(53, "g1"), with(10, "\xff"), with(10, std::string(1, '\0')),
      with(3, std::string(32, '0')), with(36, std::string(16, '0')));
  INFO(value);
  CHECK_FALSE(parse_trace_parent(value));
}

TEST_CASE("the members of a tracestate are counted") {
  CHECK(count_trace_states("") == 0);
  CHECK(count_trace_states("rojo=00f067aa0ba902b7") == 1);
  CHECK(count_trace_states("rojo=1,congo=t61rcWkgMzE") == 2);
  CHECK(count_trace_states(" rojo=1 ,\t, a-b_c*d/e=x y ") == 2);
  CHECK(count_trace_states("0tenant@vendor=1") == 1);
  CHECK(count_trace_states("a=" + std::string(256, 'v')) == 1);
}

// g++ 12 takes the sum of two strings for an overflow where it is inlined into a generator.
[[gnu::noinline]] static std::string fit(std::size_t keys, const char* rest) {
  std::string text(keys, 'k');
  text.append(rest);
  return text;
}

TEST_CASE("a malformed tracestate is none") {
  const std::string value =
      GENERATE(std::string("a"), "=1", "a=", "A=1", "1a=1", "a=b=c", "a=1,b", "a b=1", "a=\x01",
               "a=\xc3\xa4", "@v=1", "t@=1", "t@1v=1", "t@v@w=1", fit(257, "=1"),
               "a=" + std::string(257, 'v'), "t@" + fit(15, "=1"));
  INFO(value);
  CHECK_FALSE(count_trace_states(value));
}
