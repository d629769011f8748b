#include "proxy/tracing/trace_context.h"

#include <algorithm>
#include <cstring>

namespace poise::tracing {
namespace {

constexpr int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<std::uint64_t> hex_number(std::string_view digits) {
  std::uint64_t number = 0;
  int faults = 0;
  for (const char c : digits) {
    const int digit = digit_of(c);
    faults |= digit;
    number = number << 4 | static_cast<std::uint64_t>(digit & 15);
  }
  if (faults < 0) return std::nullopt;
  return number;
}

bool has_dashes(std::string_view value) {
  return value[2] == '-' && value[35] == '-' && value[52] == '-';
}

// Version 00 ends with its flags; a later one may go on behind a dash.
bool is_known_length(std::string_view value, std::uint64_t version) {
  if (value.size() == kTraceParentSize) return true;
  return version != 0 && value[kTraceParentSize] == '-';
}

bool is_small_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_key_character(char c) {
  return is_small_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '*' || c == '/';
}

bool is_key_part(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::all_of(text.begin(), text.end(), is_key_character);
}

// "vendor", or "tenant@vendor".
bool is_state_key(std::string_view key) {
  const std::size_t at = key.find('@');
  if (at == key.npos) return is_key_part(key, 256) && is_small_letter(key[0]);
  const std::string_view tenant = key.substr(0, at);
  const std::string_view vendor = key.substr(at + 1);
  return is_key_part(tenant, 241) && (is_small_letter(tenant[0]) || is_digit(tenant[0])) &&
         is_key_part(vendor, 14) && is_small_letter(vendor[0]);
}

bool is_state_value(std::string_view value) {
  const auto is_fine = [](char c) { return c >= 0x20 && c <= 0x7e && c != ',' && c != '='; };
  return !value.empty() && value.size() <= 256 && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), is_fine);
}

bool is_state(std::string_view member) {
  const std::size_t equals = member.find('=');
  return equals != member.npos && is_state_key(member.substr(0, equals)) &&
         is_state_value(member.substr(equals + 1));
}

std::string_view without_blanks(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<TraceParent> parse_trace_parent(std::string_view value) {
  if (value.size() < kTraceParentSize || !has_dashes(value)) return std::nullopt;
  const auto version = hex_number(value.substr(0, 2));
  const auto high = hex_number(value.substr(kTraceAt, 16));
  const auto low = hex_number(value.substr(kTraceAt + 16, 16));
  const auto parent = hex_number(value.substr(kParentAt, 16));
  const auto flags = hex_number(value.substr(53, 2));
  if (!version || !high || !low || !parent || !flags) return std::nullopt;
  if (*version == 0xff || !is_known_length(value, *version)) return std::nullopt;
  const TraceParent read{{*high, *low}, *parent, (*flags & 1) != 0};
  if (!read.trace || read.parent == 0) return std::nullopt;
  return read;
}

std::optional<std::size_t> count_trace_states(std::string_view value) {
  std::size_t count = 0;
  while (true) {
    const std::size_t comma = value.find(',');
    const std::string_view member = without_blanks(value.substr(0, comma));
    if (!member.empty()) {
      if (!is_state(member)) return std::nullopt;
      ++count;
    }
    if (comma == value.npos) return count;
    value.remove_prefix(comma + 1);
  }
}

void write_hex(char* out, std::uint64_t number) {
  static constexpr auto kPairs = [] {
    std::array<char, 512> pairs{};
    for (std::size_t i = 0; i < 256; ++i) {
      pairs[2 * i] = "0123456789abcdef"[i >> 4];
      pairs[2 * i + 1] = "0123456789abcdef"[i & 15];
    }
    return pairs;
  }();
  for (int byte = 7; byte >= 0; --byte, out += 2) {
    std::memcpy(out, kPairs.data() + 2 * (number >> (8 * byte) & 0xff), 2);
  }
}

void write_trace_parent(char* out, const TraceParent& parent) {
  std::memcpy(out, "00-", 3);
  write_hex(out + kTraceAt, parent.trace.high);
  write_hex(out + kTraceAt + 16, parent.trace.low);
  out[35] = '-';
  write_hex(out + kParentAt, parent.parent);
  std::memcpy(out + 52, parent.sampled ? "-01" : "-00", 3);
}

}  // namespace poise::tracing
