// One cookie among those a client sent (RFC 6265 section 4.2): looked up by its name, which counts
// with case, and taken out where a backend must not see it. Pure.
#pragma once

#include <string_view>

#include "proxy/http/message.h"

namespace poise::exchange {

// What visits each pair of a Cookie field's value: "name=value", or what stands in its place.
template <class Visit>
void for_each_cookie(std::string_view cookies, Visit visit) {
  while (!cookies.empty()) {
    const auto end = cookies.find(';');
    std::string_view pair = cookies.substr(0, end);
    while (pair.starts_with(' ') || pair.starts_with('\t')) pair.remove_prefix(1);
    while (pair.ends_with(' ') || pair.ends_with('\t')) pair.remove_suffix(1);
    cookies.remove_prefix(end == cookies.npos ? cookies.size() : end + 1);
    if (!pair.empty()) visit(pair);
  }
}

inline bool is_cookie(std::string_view pair, std::string_view name) {
  return pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=';
}

// The value of the first cookie of that name that has one; empty without.
std::string_view find_cookie(const http::Fields& fields, std::string_view name);

// Takes all cookies of that name out of the request; a field that had nothing else goes, too.
void remove_cookie(http::RequestHead& head, std::string_view name);

}  // namespace poise::exchange
