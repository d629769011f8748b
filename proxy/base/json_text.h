// Writes text as the inside of a JSON string. Whatever the bytes are, what is appended is valid
// UTF-8 and valid JSON on one line; a byte that is no text becomes U+FFFD. Pure.
#pragma once

#include <string>
#include <string_view>

namespace poise::base {

// Without the quotation marks.
void append_json_escaped(std::string& out, std::string_view text);

}  // namespace poise::base
