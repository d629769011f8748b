// Paths and queries of URLs as text: percent-decoding (RFC 3986 section 2.1), and one parameter out
// of a query. Pure. Allocates, so it is for the admin and not for traffic (exchange/query_text.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace poise::admin {

// A '%' without two hexadecimal digits says itself.
std::string percent_decoded(std::string_view text);

// The value of the first parameter of that name, where a '+' is a space; nothing where there is
// none.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

}  // namespace poise::admin
