// Finds line and column of a byte offset quickly, and how far the thing written there reaches.
// Views the text, which must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "conf/reader/position.h"

namespace poise::conf {

class TextIndex {
 public:
  TextIndex(std::string_view text, std::uint32_t file);

  Position at(std::size_t offset, std::size_t width = 1) const;

  // Characters to underline for a scalar that reads as `value` and is written at `offset`.
  std::size_t width_of(std::size_t offset, std::string_view value) const;

  // Where the scalar itself starts when an anchor or a tag stands before it.
  std::size_t skip_properties(std::size_t offset) const;

  // The last byte before `offset` that is not blank: where something left out should have stood.
  std::size_t skip_blanks_back(std::size_t offset) const;

  // The byte after the closing quote of the text quoted at `offset`; nullopt when it never closes.
  std::optional<std::size_t> quote_end(std::size_t offset) const;
  bool is_quote(std::size_t offset) const;

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::uint32_t file_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace poise::conf
