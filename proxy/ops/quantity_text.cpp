#include "proxy/ops/quantity_text.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace poise::ops {
namespace {

std::string with_decimals(double value, int decimals) {
  std::array<char, 32> text;
  const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return std::string(text.data(), static_cast<std::size_t>(length));
}

// Three digits that count: 0.43, 12.3, 950.
std::string three_digits(double value) {
  if (value >= 99.95) return with_decimals(value, 0);
  return with_decimals(value, value >= 9.995 ? 1 : 2);
}

std::string large(double value) {
  if (value >= 999.5e6) return three_digits(value / 1e9) + "G";
  if (value >= 999.5e3) return three_digits(value / 1e6) + "M";
  return three_digits(value / 1e3) + "k";
}

std::string pair(long first, const char* first_unit, long second, const char* second_unit) {
  const std::string text = std::to_string(first) + first_unit;
  return second == 0 ? text : text + " " + std::to_string(second) + second_unit;
}

}  // namespace

std::string count_text(double count) {
  return count < 9999.5 ? with_decimals(count, 0) : large(count);
}

std::string rate_text(double per_second) {
  if (per_second == 0) return "0";
  if (per_second >= 9999.5) return large(per_second);
  return with_decimals(per_second, per_second >= 99.95 ? 0 : 1);
}

std::string milliseconds_text(std::optional<double> value) {
  if (!value || *value <= 0) return "-";
  return *value >= 999.5 ? three_digits(*value / 1000) + " s" : three_digits(*value) + " ms";
}

std::string seconds_text(double seconds) {
  const long whole = std::lround(seconds);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min";
  if (whole < 86400) return pair(whole / 3600, " h", whole % 3600 / 60, " min");
  return pair(whole / 86400, " d", whole % 86400 / 3600, " h");
}

std::string clock_text(const std::string& at) {
  const auto t = at.find('T');
  return t == at.npos || at.size() < t + 9 ? at : at.substr(t + 1, 8);
}

}  // namespace poise::ops
