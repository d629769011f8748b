// Which trace a request belongs to, and what its backend is told of it.
#include "proxy/tracing/request_trace.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

using namespace poise;
using namespace poise::tracing;

namespace {

const std::string kTheirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TraceId kTheirTrace{0x0af7651916cd43dd, 0x8448eb211c80319c};

http::RequestHead head_with(const std::vector<std::pair<std::string, std::string>>& fields) {
  http::RequestHead head;
  for (const auto& [name, value] : fields) {
    head.fields.add(head.arena, head.arena.copy(name), head.arena.copy(value));
  }
  return head;
}

std::vector<std::string> values(const http::RequestHead& head, http::FieldId id) {
  std::vector<std::string> found;
  for (const auto& field : head.fields.all()) {
    if (field.id == id) found.emplace_back(field.value);
  }
  return found;
}

TraceParent told(const http::RequestHead& head) {
  const auto all = values(head, http::FieldId::traceparent);
  REQUIRE(all.size() == 1);
  const auto parent = parse_trace_parent(all[0]);
  REQUIRE(parent);
  return *parent;
}

TracingConfig sampling(double share) {
  TracingConfig config;
  config.enabled = true;
  config.sample = share;
  return config;
}

struct Traced {
  http::RequestHead head;
  RequestTrace trace;
};

Traced traced(http::RequestHead head, const TracingConfig& config, bool trusted) {
  base::Random random(7);
  Traced traced{std::move(head), {}};
  traced.trace.begin(config, traced.head, trusted, random);
  traced.trace.tell_backend(traced.head, 1);
  return traced;
}

}  // namespace

TEST_CASE("a request without a trace begins one, sampled by share") {
  const bool sampled = GENERATE(true, false);
  const Traced one = traced(head_with({}), sampling(sampled ? 1 : 0), true);
  CHECK(told(one.head).trace == one.trace.id());
  CHECK(one.trace.id());
  CHECK(told(one.head).sampled == sampled);
  CHECK(one.trace.is_sampled() == sampled);
  CHECK(one.trace.parent() == 0);
}

TEST_CASE("about the share asked for is sampled") {
  base::Random random(3);
  int sampled = 0;
  for (int i = 0; i < 100'000; ++i) {
    http::RequestHead head;
    RequestTrace trace;
    trace.begin(sampling(0.01), head, false, random);
    sampled += trace.is_sampled() ? 1 : 0;
  }
  CHECK(sampled > 900);
  CHECK(sampled < 1100);
}

TEST_CASE("a trusted peer's trace goes on, with a parent of poise's own") {
  const Traced one = traced(
      head_with({{"a", "b"}, {"Traceparent", kTheirs}, {"tracestate", "x=1"}}), sampling(0), true);
  CHECK(one.trace.id() == kTheirTrace);
  CHECK(one.trace.parent() == 0xb7ad6b7169203331);
  CHECK(one.trace.is_sampled());
  CHECK(told(one.head).trace == kTheirTrace);
  CHECK(told(one.head).parent == one.trace.span_of_try(1));
  CHECK(values(one.head, http::FieldId::tracestate) == std::vector<std::string>{"x=1"});
}

TEST_CASE("a trusted peer that does not sample is obeyed") {
  const std::string unsampled = kTheirs.substr(0, 53) + "00";
  const Traced one = traced(head_with({{"traceparent", unsampled}}), sampling(1), true);
  CHECK(one.trace.id() == kTheirTrace);
  CHECK_FALSE(one.trace.is_sampled());
  CHECK_FALSE(told(one.head).sampled);
}

TEST_CASE("what anybody else says of traces is replaced") {
  const Traced one =
      traced(head_with({{"traceparent", kTheirs}, {"tracestate", "x=1"}}), sampling(1), false);
  CHECK_FALSE(one.trace.id() == kTheirTrace);
  CHECK(told(one.head).trace == one.trace.id());
  CHECK(values(one.head, http::FieldId::tracestate).empty());
}

TEST_CASE("a malformed or doubled traceparent begins a trace anew, without its states") {
  auto head = GENERATE(0, 1) == 0 ? head_with({{"traceparent", "00-zz"}, {"tracestate", "x=1"}})
                                  : head_with({{"traceparent", kTheirs}, {"traceparent", kTheirs}});
  const Traced one = traced(std::move(head), sampling(1), true);
  CHECK_FALSE(one.trace.id() == kTheirTrace);
  CHECK(told(one.head).trace == one.trace.id());
  CHECK(values(one.head, http::FieldId::tracestate).empty());
}

TEST_CASE("malformed or too many states are dropped, and the trace goes on") {
  std::string many = "a=1";
  for (int i = 0; i < 32; ++i) many += ",k" + std::to_string(i) + "=1";
  const std::string state = GENERATE_COPY(std::string("UPPER=1"), many);
  const Traced one =
      traced(head_with({{"traceparent", kTheirs}, {"tracestate", state}}), sampling(1), true);
  CHECK(one.trace.id() == kTheirTrace);
  CHECK(values(one.head, http::FieldId::tracestate).empty());
}

TEST_CASE("each try is a span of its own in the same trace") {
  Traced one = traced(head_with({}), sampling(1), true);
  std::set<SpanId> spans{one.trace.span(), told(one.head).parent};
  for (std::uint32_t number = 2; number <= 5; ++number) {
    one.trace.tell_backend(one.head, number);
    CHECK(told(one.head).trace == one.trace.id());
    CHECK(told(one.head).parent == one.trace.span_of_try(number));
    spans.insert(told(one.head).parent);
  }
  CHECK(spans.size() == 6);
}

TEST_CASE("without a tracing section everything passes through, and a trusted trace is known") {
  const bool trusted = GENERATE(true, false);
  const Traced one =
      traced(head_with({{"traceparent", kTheirs}, {"tracestate", "UPPER"}}), {}, trusted);
  CHECK(values(one.head, http::FieldId::traceparent) == std::vector<std::string>{kTheirs});
  CHECK(values(one.head, http::FieldId::tracestate) == std::vector<std::string>{"UPPER"});
  CHECK((one.trace.id() == kTheirTrace) == trusted);
  CHECK_FALSE(one.trace.is_sampled());
}
