// Looks one parameter up in the query of a URL, percent-decoding as it compares, so that nothing is
// allocated. Pure.
#pragma once

#include <string_view>

namespace poise::exchange {

// Whether `decoded` is what `encoded` says. A '+' in `encoded` says '+' and a space alike, since
// both readings are in use; a '%' without two hex digits says itself.
bool equal_percent_decoded(std::string_view encoded, std::string_view decoded);

// Whether any parameter has that name and value; the value "*" is any value, also none.
bool query_has(std::string_view query, std::string_view name, std::string_view value);

// The value of the first parameter of that name, as it is written; empty when there is none.
std::string_view query_value(std::string_view query, std::string_view name);

}  // namespace poise::exchange
