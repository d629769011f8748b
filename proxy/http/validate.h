// What is well formed, for every HTTP version: names, values, hosts, lengths. Pure functions over
// one piece of text each (RFC 9110 sections 5.1, 5.5, 5.6.2 and 8.6; RFC 3986 section 3.2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/base/arena.h"
#include "proxy/base/bytes.h"

namespace poise::http {

bool is_token(std::string_view text);
// Visible ASCII, obs-text, space and tab inside, no other control character, no space at the ends.
bool is_field_value(std::string_view text);
// Visible ASCII without '#'; what may stand as path and query of a request target.
bool is_target(std::string_view text);

// Digits only, no sign, no list; nullopt also past 2^62.
std::optional<base::ByteCount> parse_length(std::string_view text);

// host[:port] as in Host, lower-cased into `arena` where it must be; nullopt when it is none.
std::optional<std::string_view> parse_authority(std::string_view text, base::Arena& arena);

// Without the spaces and tabs at both ends.
inline std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Calls visit(token) for each non-empty element of a comma-separated list.
template <class Visit>
void for_each_element(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = trim(list.substr(0, comma));
    if (!element.empty()) visit(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace poise::http
