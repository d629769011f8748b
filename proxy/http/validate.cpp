#include "proxy/http/validate.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "proxy/base/ascii.h"

namespace poise::http {
namespace {

enum Kind : std::uint8_t { kToken = 1, kValue = 2, kTarget = 4, kHost = 8, kUpper = 16 };

constexpr std::array<std::uint8_t, 256> make_kinds() {
  std::array<std::uint8_t, 256> kinds{};
  for (int c = 0; c < 256; ++c) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    std::uint8_t kind = 0;
    if (digit || letter) kind |= kToken | kHost;
    if ((c >= 0x20 && c != 0x7f) || c == '\t') kind |= kValue;
    if (c > 0x20 && c < 0x7f && c != '#') kind |= kTarget;
    if (c >= 'A' && c <= 'Z') kind |= kUpper;
    kinds[static_cast<std::size_t>(c)] = kind;
  }
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
    kinds[static_cast<std::uint8_t>(c)] |= kToken;
  }
  // RFC 3986 reg-name: unreserved, sub-delims and percent signs.
  for (const char c : std::string_view("-._~!$&'()*+;=%")) {
    kinds[static_cast<std::uint8_t>(c)] |= kHost;
  }
  return kinds;
}
constexpr auto kKinds = make_kinds();

std::uint8_t kinds_of(char c) { return kKinds[static_cast<std::uint8_t>(c)]; }

bool all_are(std::string_view text, Kind kind) {
  std::uint8_t common = 0xff;
  for (const char c : text) common &= kinds_of(c);
  return (common & kind) != 0;
}

bool is_port(std::string_view text) {
  const auto number = parse_length(text);
  return text.empty() || (text.size() <= 5 && number && *number <= 65535);
}

bool is_ip_literal(std::string_view text) {
  if (text.size() < 4 || text.front() != '[' || text.back() != ']') return false;
  const std::string_view inside = text.substr(1, text.size() - 2);
  return std::all_of(inside.begin(), inside.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
           c == '.';
  });
}

// How far the host goes (to the port's colon or the end) and whether it has capital letters; a
// length of 0 when it is none.
struct HostSpan {
  std::size_t length = 0;
  bool has_upper = false;
};

HostSpan span_of_literal(std::string_view text) {
  const std::size_t length = text.find(']') + 1;  // 0 without one
  const std::string_view literal = text.substr(0, length);
  if (!is_ip_literal(literal)) return {};
  return {length, std::any_of(literal.begin(), literal.end(),
                              [](char c) { return (kinds_of(c) & kUpper) != 0; })};
}

// One pass: every request has one.
HostSpan span_of_name(std::string_view text) {
  std::uint8_t common = kHost;
  std::uint8_t any = 0;
  std::size_t length = 0;
  for (; length < text.size() && text[length] != ':'; ++length) {
    common &= kinds_of(text[length]);
    any |= kinds_of(text[length]);
  }
  if (common == 0) return {};
  return {length, (any & kUpper) != 0};
}

std::string_view lower_cased(std::string_view text, base::Arena& arena) {
  char* copy = static_cast<char*>(arena.allocate(text.size()));
  std::transform(text.begin(), text.end(), copy,
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return {copy, text.size()};
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && all_are(text, kToken); }

bool is_field_value(std::string_view text) {
  if (text.empty()) return true;
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (is_blank(text.front()) || is_blank(text.back())) return false;
  return !base::ascii::may_have_control(text) || all_are(text, kValue);
}

bool is_target(std::string_view text) { return !text.empty() && all_are(text, kTarget); }

std::optional<base::ByteCount> parse_length(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  base::ByteCount value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<base::ByteCount>(c - '0');
  }
  return value;
}

std::optional<std::string_view> parse_authority(std::string_view text, base::Arena& arena) {
  if (text.empty()) return std::nullopt;
  const HostSpan host = text.front() == '[' ? span_of_literal(text) : span_of_name(text);
  if (host.length == 0) return std::nullopt;
  if (host.length < text.size()) {
    if (text[host.length] != ':' || !is_port(text.substr(host.length + 1))) return std::nullopt;
  }
  return host.has_upper ? lower_cased(text, arena) : text;
}

}  // namespace poise::http
