#include "proxy/tracing/request_trace.h"

#include <algorithm>

namespace poise::tracing {
namespace {

using http::Field;
using http::FieldId;

// What a request says of traces.
struct Said {
  const Field* parent = nullptr;
  std::size_t parents = 0;
  std::size_t states = 0;
};

Said said_in(const http::Fields& fields) {
  Said said;
  for (const Field& field : fields.all()) {
    if (field.id == FieldId::traceparent) {
      said.parent = &field;
      ++said.parents;
    }
    said.states += field.id == FieldId::tracestate ? 1 : 0;
  }
  return said;
}

bool are_good_states(const http::Fields& fields) {
  std::size_t count = 0;
  for (const Field& field : fields.all()) {
    if (field.id != FieldId::tracestate) continue;
    const auto members = count_trace_states(field.value);
    if (!members) return false;
    count += *members;
  }
  return count <= kMostStates;
}

void remove_states(http::Fields& fields) {
  fields.remove_if([](const Field& field) { return field.id == FieldId::tracestate; });
}

void remove_all(http::Fields& fields) {
  fields.remove_if([](const Field& field) {
    return field.id == FieldId::traceparent || field.id == FieldId::tracestate;
  });
}

// Never 0, which means none.
std::uint64_t some(base::Random& random) {
  const std::uint64_t number = random();
  return number != 0 ? number : 1;
}

bool falls_within(double share, base::Random& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53 < share;
}

}  // namespace

void RequestTrace::begin(const TracingConfig& config, http::RequestHead& head, bool is_peer_trusted,
                         base::Random& random) {
  tells_ = config.enabled;
  if (!tells_ && !is_peer_trusted) return;
  const Said said = said_in(head.fields);
  if (is_peer_trusted && said.parents == 1) {
    if (const auto read = parse_trace_parent(said.parent->value)) {
      id_ = read->trace;
      parent_ = read->parent;
      sampled_ = read->sampled;
    }
  }
  if (!tells_) return;
  span_ = some(random);
  if (id_) {
    if (said.states > 0 && !are_good_states(head.fields)) remove_states(head.fields);
    return;
  }
  if (said.parents + said.states > 0) remove_all(head.fields);
  id_ = {random(), some(random)};
  sampled_ = falls_within(config.sample, random);
}

void RequestTrace::tell_backend(http::RequestHead& head, std::uint32_t number_of_try) {
  if (!tells_) return;
  const SpanId span = span_of_try(number_of_try);
  if (text_ != nullptr) return write_hex(text_ + kParentAt, span);
  text_ = static_cast<char*>(head.arena.allocate(kTraceParentSize));
  write_trace_parent(text_, {id_, span, sampled_});
  const Field field{"traceparent", {text_, kTraceParentSize}, FieldId::traceparent};
  const auto fields = head.fields.all();
  const auto theirs = std::find_if(fields.begin(), fields.end(),
                                   [](const Field& one) { return one.id == FieldId::traceparent; });
  if (theirs != fields.end()) {
    *theirs = field;
  } else {
    head.fields.add(head.arena, field);
  }
}

// Spread by SplitMix64 (Steele, Lea and Flood 2014), so that nothing is kept for each try.
SpanId RequestTrace::span_of_try(std::uint32_t number) const {
  std::uint64_t z = span_ + 0x9e3779b97f4a7c15 * number;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  return z != 0 ? z : 1;
}

}  // namespace poise::tracing
