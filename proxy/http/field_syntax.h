// What a configuration may set in a head, beside the rules of validate.h that hold for every
// message. Pure.
#pragma once

#include <string_view>

#include "proxy/http/validate.h"

namespace poise::http {

// Visible ASCII only: fit for a request line or a Location, as it is.
bool is_visible(std::string_view text);

// Fields that say how a message is framed or belong to one connection: only the codecs write them.
bool is_framing_field(std::string_view name);

}  // namespace poise::http
