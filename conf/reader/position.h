// A place in a configuration text: file (an index into Diagnostics' sources), line and column, both
// counted from 1, the column in characters. Line 0 means the file as a whole. Plain data.
#pragma once

#include <cstdint>

namespace poise::conf {

struct Position {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t width = 1;  // characters to underline

  bool operator==(const Position&) const = default;
};

}  // namespace poise::conf
