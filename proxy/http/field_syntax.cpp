#include "proxy/http/field_syntax.h"

#include <algorithm>
#include <array>

#include "proxy/http/fields.h"

namespace poise::http {

namespace {

constexpr std::array<std::string_view, 9> kFramingFields{
    "connection", "content-length",    "keep-alive", "proxy-connection", "te",
    "trailer",    "transfer-encoding", "upgrade",    "http2-settings"};

bool is_token_character(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool digit = c >= '0' && c <= '9';
  return letter || digit || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_field_value(std::string_view text) {
  if (text.empty()) return true;
  if (is_blank(text.front()) || is_blank(text.back())) return false;
  return std::all_of(text.begin(), text.end(), is_value_character);
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_framing_field(std::string_view name) {
  return std::any_of(kFramingFields.begin(), kFramingFields.end(),
                     [&](std::string_view field) { return equal_ignoring_case(field, name); });
}

}  // namespace poise::http
