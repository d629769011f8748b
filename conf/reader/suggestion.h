// Which of the known words a misspelt one was probably meant to be, and words made safe to show.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace poise::conf {

// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// "; did you mean 'balance'?", or nothing when no candidate is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

// In single quotes, without control characters, cut when very long.
std::string quoted(std::string_view text);

// "'a', 'b' or 'c'".
std::string one_of(const std::vector<std::string>& words);

}  // namespace poise::conf
