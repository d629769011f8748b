#include "conf/print.h"

#include <algorithm>
#include <string_view>

namespace poise::conf {

namespace {

constexpr std::size_t kNumberWidth = 5;
constexpr std::size_t kWidestLine = 160;
constexpr std::size_t kBeforeCaret = 60;  // kept of a line that is too wide

struct Colors {
  std::string_view bold, red, magenta, green, off;
};
constexpr Colors kPlain{};
constexpr Colors kAnsi{"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1;32m", "\x1b[0m"};

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

// `count` characters of `text` from character `first` on.
std::string slice(std::string_view text, std::size_t first, std::size_t count) {
  std::string result;
  std::size_t number = 0;
  for (const char c : text) {
    if (starts_character(c)) ++number;
    if (number > first && number <= first + count) result += c == '\t' ? ' ' : c;
  }
  return result;
}

std::string right_aligned(const std::string& number) {
  const std::size_t padding = kNumberWidth - std::min(kNumberWidth, number.size());
  return std::string(padding, ' ') + number;
}

std::string excerpt(const Diagnostics& diagnostics, Position at, const Colors& colors) {
  const std::string_view line = diagnostics.source_line(at);
  const std::size_t column = at.column - 1;
  const std::size_t first =
      line.size() > kWidestLine && column > kBeforeCaret ? column - kBeforeCaret : 0;
  const std::size_t caret = column - first;
  const std::size_t widest = kWidestLine - std::min(caret, kWidestLine - 1);
  const std::size_t underline = std::min<std::size_t>(at.width, widest) - 1;
  std::string text =
      right_aligned(std::to_string(at.line)) + " | " + slice(line, first, kWidestLine) + "\n";
  text += std::string(kNumberWidth, ' ') + " | " + std::string(caret, ' ');
  text += std::string(colors.green) + "^" + std::string(underline, '~');
  return text + std::string(colors.off) + "\n";
}

std::string place_of(const Diagnostics& diagnostics, Position at) {
  const std::string file(diagnostics.file_name(at));
  if (at.line == 0) return file;
  return file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

void append(std::string& text, const Diagnostics& diagnostics, const Diagnostic& one,
            const Colors& colors) {
  const bool is_error = one.severity == Severity::error;
  text.append(colors.bold).append(place_of(diagnostics, one.at)).append(":").append(colors.off);
  text.append(" ").append(is_error ? colors.red : colors.magenta);
  text.append(is_error ? "error:" : "warning:").append(colors.off);
  text.append(" ").append(one.message).append("\n");
  if (one.at.line > 0) text += excerpt(diagnostics, one.at, colors);
}

}  // namespace

std::string render(const Diagnostics& diagnostics, bool color) {
  std::string text;
  for (const auto& one : diagnostics.sorted()) {
    append(text, diagnostics, one, color ? kAnsi : kPlain);
  }
  if (diagnostics.dropped() > 0) {
    text += "… and " + std::to_string(diagnostics.dropped()) + " more\n";
  }
  return text;
}

std::vector<std::string> render_lines(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const auto& one : diagnostics.sorted()) {
    const char* severity = one.severity == Severity::error ? ": error: " : ": warning: ";
    lines.push_back(place_of(diagnostics, one.at) + severity + one.message);
  }
  if (diagnostics.dropped() > 0) {
    lines.push_back("and " + std::to_string(diagnostics.dropped()) + " more");
  }
  return lines;
}

int exit_code_of(const Diagnostics& diagnostics) {
  if (diagnostics.environment_failed()) return 3;
  return diagnostics.failed() ? 1 : 0;
}

}  // namespace poise::conf
