// What a header field, a method and a target may look like (RFC 9110 sections 5.1 and 5.5), for
// text that comes from the configuration. Pure.
#pragma once

#include <string_view>

namespace poise::http {

bool is_token(std::string_view text);

// Visible characters, spaces and tabs, but not at either end. May be empty.
bool is_field_value(std::string_view text);

// Visible ASCII only: fit for a request line or a Location, as it is.
bool is_visible(std::string_view text);

// Fields that say how a message is framed or belong to one connection: only the codecs write them.
bool is_framing_field(std::string_view name);

}  // namespace poise::http
