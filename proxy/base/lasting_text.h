// Turns a text that comes from a library's fixed stock of messages into one that lives as long as
// the process, as base::Error wants it. Not for what peers can make up: the number kept is bounded,
// and later ones share one text. Any thread.
#pragma once

#include <string_view>

namespace poise::base {

const char* lasting_text(std::string_view text);

}  // namespace poise::base
