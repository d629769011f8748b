// Lines of a screen: cut at its width, counted where its height is not enough, coloured by meaning.
// Whatever the text holds, no control character of it reaches the terminal. Every code point counts
// as one column. A value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/ops/terminal.h"

namespace poise::ops {

enum class Tone : std::uint8_t { plain, strong, quiet, good, warn, bad };

std::size_t width_of(std::string_view text);
// Cut or filled with spaces to that width.
std::string padded(std::string_view text, std::size_t width);
// As wide as that, or wider.
std::string right(std::string_view text, std::size_t width);

class ScreenText {
 public:
  // rows 0: no limit.
  ScreenText(ScreenSize size, bool has_colours) : size_(size), has_colours_(has_colours) {}

  std::size_t columns() const { return size_.columns; }
  bool has_colours() const { return has_colours_; }
  void add(Tone tone, std::string_view line);
  void add(std::string_view line) { add(Tone::plain, line); }
  // A bar for each value, as many as fit, the last ones; only where there are colours.
  void add_bars(std::string_view title, const std::vector<double>& values);
  std::string text() const;

 private:
  ScreenSize size_;
  bool has_colours_;
  std::vector<std::string> lines_;
};

}  // namespace poise::ops
