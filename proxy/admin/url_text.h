// Paths and queries of URLs as text: percent-decoding (RFC 3986 section 2.1), and one parameter out
// of a query. Pure. Allocates, so it is for the admin and not for traffic (exchange/query_text.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace poise::admin {

// A '%' without two hexadecimal digits says itself.
std::string percent_decoded(std::string_view text);

// The values of the parameters of that name, in their order; a '+' is a space.
std::vector<std::string> query_parameters(std::string_view query, std::string_view name);

}  // namespace poise::admin
