#include "conf/reader/quantities.h"

#include <array>
#include <charconv>
#include <chrono>
#include <limits>

namespace poise::conf {

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first: a duration's units must follow this order.
constexpr std::array<Unit, 4> kDurationUnits{{
    {"h", 3'600'000'000'000},
    {"m", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
}};

constexpr std::array<Unit, 8> kSizeUnits{{
    {"", 1},
    {"B", 1},
    {"KB", 1000},
    {"KiB", 1024},
    {"MB", 1000 * 1000},
    {"MiB", 1024 * 1024},
    {"GB", 1000 * 1000 * 1000},
    {"GiB", 1024 * 1024 * 1024},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_while(std::string_view& rest, bool (*wanted)(char)) {
  std::size_t length = 0;
  while (length < rest.size() && wanted(rest[length])) ++length;
  const std::string_view taken = rest.substr(0, length);
  rest.remove_prefix(length);
  return taken;
}

std::optional<std::uint64_t> digits(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) return std::nullopt;
  return a * b;
}

// The first unit at or after `from` with that name; kDurationUnits.size() when there is none.
std::size_t find_unit(std::string_view name, std::size_t from) {
  while (from < kDurationUnits.size() && kDurationUnits[from].name != name) ++from;
  return from;
}

}  // namespace

std::optional<base::Duration> parse_duration(std::string_view text) {
  if (text == "0") return base::Duration::zero();
  constexpr std::uint64_t kMost = std::numeric_limits<base::Duration::rep>::max();
  std::uint64_t total = 0;
  std::size_t next_unit = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto count = digits(take_while(text, is_digit));
    const auto unit = find_unit(take_while(text, [](char c) { return !is_digit(c); }), next_unit);
    if (!count || unit == kDurationUnits.size()) return std::nullopt;
    const auto part = multiply(*count, kDurationUnits[unit].factor);
    if (!part || *part > kMost - total) return std::nullopt;
    total += *part;
    next_unit = unit + 1;
  }
  return base::Duration(total);
}

std::string to_text(base::Duration duration) {
  auto rest = static_cast<std::uint64_t>(duration.count());
  std::string result;
  for (const auto& unit : kDurationUnits) {
    if (rest >= unit.factor) result += std::to_string(rest / unit.factor) + std::string(unit.name);
    rest %= unit.factor;
  }
  return result.empty() ? "0s" : result;
}

std::optional<base::ByteCount> parse_size(std::string_view text) {
  const auto count = digits(take_while(text, is_digit));
  if (!count) return std::nullopt;
  for (const auto& unit : kSizeUnits) {
    if (unit.name == text) return multiply(*count, unit.factor);
  }
  return std::nullopt;
}

std::optional<double> parse_percent(std::string_view text) {
  if (text == "0") return 0.0;
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  const auto value = parse_decimal(text);
  if (!value || *value > 100) return std::nullopt;
  return *value / 100;
}

std::optional<double> parse_decimal(std::string_view text) {
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return std::nullopt;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<bool> parse_bool(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "no" || text == "off") return false;
  return std::nullopt;
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return digits(text);
}

}  // namespace poise::conf
