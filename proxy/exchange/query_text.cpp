#include "proxy/exchange/query_text.h"

namespace poise::exchange {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The byte that a "%41" at `at` stands for; -1 when there is none.
int escaped_byte(std::string_view text, std::size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return -1;
  const int high = hex_digit(text[at + 1]);
  const int low = hex_digit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string_view take_until(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return taken;
}

}  // namespace

bool equal_percent_decoded(std::string_view encoded, std::string_view decoded) {
  std::size_t at = 0;
  for (const char want : decoded) {
    if (at >= encoded.size()) return false;
    const int byte = escaped_byte(encoded, at);
    const char have = byte < 0 ? encoded[at] : static_cast<char>(byte);
    const bool is_space = byte < 0 && have == '+' && want == ' ';
    if (have != want && !is_space) return false;
    at += byte < 0 ? 1 : 3;
  }
  return at == encoded.size();
}

bool query_has(std::string_view query, std::string_view name, std::string_view value) {
  while (!query.empty()) {
    std::string_view found = take_until(query, '&');
    if (found.empty()) continue;
    if (!equal_percent_decoded(take_until(found, '='), name)) continue;
    if (value == "*" || equal_percent_decoded(found, value)) return true;
  }
  return false;
}

std::string_view query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    std::string_view found = take_until(query, '&');
    if (equal_percent_decoded(take_until(found, '='), name)) return found;
  }
  return {};
}

}  // namespace poise::exchange
