// W3C Trace Context, level 1: what traceparent and tracestate say, read strictly, and traceparent
// as poise writes it. Pure. Whom to believe is request_trace.h's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace poise::tracing {

struct TraceId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  explicit operator bool() const { return (high | low) != 0; }
  bool operator==(const TraceId&) const = default;
};

using SpanId = std::uint64_t;  // 0: none

struct TraceParent {
  TraceId trace;
  SpanId parent = 0;
  bool sampled = false;
};

// Version 00 as it is, a later one as far as it says the same; nullopt for whatever else (section
// 3.2.2): capitals, all zeros, other lengths, version ff.
std::optional<TraceParent> parse_trace_parent(std::string_view value);

// How many members a tracestate field's value has; nullopt when one of them is malformed (section
// 3.3.1). All fields of a request together may have kMostStates.
std::optional<std::size_t> count_trace_states(std::string_view value);
inline constexpr std::size_t kMostStates = 32;

// Sixteen digits, small letters.
void write_hex(char* out, std::uint64_t number);

// "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
inline constexpr std::size_t kTraceParentSize = 55;
inline constexpr std::size_t kTraceAt = 3;
inline constexpr std::size_t kParentAt = 36;
void write_trace_parent(char* out, const TraceParent& parent);

class TraceIdText {
 public:
  explicit TraceIdText(const TraceId& id) {
    write_hex(text_.data(), id.high);
    write_hex(text_.data() + 16, id.low);
  }
  std::string_view text() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 32> text_;
};

}  // namespace poise::tracing
