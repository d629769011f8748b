#include "proxy/ops/screen_text.h"

#include <algorithm>
#include <array>

namespace poise::ops {
namespace {

constexpr std::string_view kPlain = "\x1b[0m";

std::string_view code_of(Tone tone) {
  static constexpr std::array<std::string_view, 6> kCodes{"",         "\x1b[1m",  "\x1b[2m",
                                                          "\x1b[32m", "\x1b[33m", "\x1b[1;31m"};
  return kCodes[static_cast<std::size_t>(tone)];
}

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// The first so many code points.
std::string_view cut(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!begins_code_point(text[at])) continue;
    if (width == 0) break;
    --width;
  }
  return text.substr(0, at);
}

std::string without_controls(std::string_view text) {
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return clean;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

std::string padded(std::string_view text, std::size_t width) {
  const std::string_view shown = cut(text, width);
  return std::string(shown) + std::string(width - width_of(shown), ' ');
}

std::string right(std::string_view text, std::size_t width) {
  const std::size_t used = width_of(text);
  return std::string(width > used ? width - used : 1, ' ') + std::string(text);
}

void ScreenText::add(Tone tone, std::string_view line) {
  const std::string clean = without_controls(line);
  const std::string_view shown = cut(clean, size_.columns);
  if (!has_colours_ || tone == Tone::plain) {
    lines_.emplace_back(shown);
    return;
  }
  lines_.push_back(std::string(code_of(tone)) + std::string(shown) + std::string(kPlain));
}

void ScreenText::add_bars(std::string_view title, const std::vector<double>& values) {
  static constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (!has_colours_ || values.empty() || size_.columns <= width_of(title)) return;
  const std::size_t shown = std::min(values.size(), size_.columns - width_of(title));
  const double highest = std::max(*std::max_element(values.begin(), values.end()), 1e-9);
  std::string line(title);
  for (std::size_t i = values.size() - shown; i < values.size(); ++i) {
    const double share = std::clamp(values[i] / highest, 0.0, 1.0);
    line += kBars[static_cast<std::size_t>(share * 7 + 0.5)];
  }
  lines_.push_back(line);
}

std::string ScreenText::text() const {
  const std::size_t limit = size_.rows == 0 ? lines_.size() : size_.rows;
  const bool fits = lines_.size() <= limit;
  const std::size_t shown = fits ? lines_.size() : limit - 1;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : "\n") + lines_[i];
  if (!fits) text += "\n... " + std::to_string(lines_.size() - shown) + " more lines";
  return text;
}

}  // namespace poise::ops
