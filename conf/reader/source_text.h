// A configuration text made fit for the YAML parser: byte-order mark gone, line ends unified; or
// refused, with the place, when it is not text at all. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "conf/reader/diagnostics.h"

namespace poise::conf {

inline constexpr std::size_t kMaxFileBytes = 4 * 1024 * 1024;

// Without a UTF-8 byte-order mark, and with "\n" for every "\r\n".
std::string normalise(std::string_view raw);

// Reports the first thing no configuration may hold: too many bytes, invalid UTF-8, control
// characters. `file` is the index of `text` in `diagnostics`.
bool is_clean_text(std::string_view text, std::uint32_t file, Diagnostics& diagnostics);

// Where byte `offset` is. Requires: offset <= text.size().
Position position_of(std::string_view text, std::size_t offset, std::uint32_t file);

// Characters, not bytes, in valid UTF-8.
std::size_t count_characters(std::string_view text);

}  // namespace poise::conf
