// Dot segments out of a path (RFC 3986 section 5.2.4), also where a dot is written %2e: a route
// must judge the path that a backend will see. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "proxy/base/arena.h"

namespace poise::http {

// The path itself where there is nothing to do, else a new one in `arena`; nullopt when it climbs
// above its root. Requires: it begins with '/'.
std::optional<std::string_view> without_dot_segments(std::string_view path, base::Arena& arena);

}  // namespace poise::http
