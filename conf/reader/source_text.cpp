#include "conf/reader/source_text.h"

#include <algorithm>
#include <array>

namespace poise::conf {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

bool is_continuation(unsigned byte) { return (byte & 0xc0) == 0x80; }

// The length of the valid UTF-8 character at `at` (RFC 3629 section 4); 0 when there is none.
std::size_t character_length(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  const unsigned second = byte_at(text, at + 1);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4 || !is_continuation(second)) return 0;
  if (first < 0xe0) return 2;
  if (!is_continuation(byte_at(text, at + 2))) return 0;
  if (first < 0xf0) {
    const bool overlong = first == 0xe0 && second < 0xa0;
    const bool surrogate = first == 0xed && second >= 0xa0;
    return overlong || surrogate ? 0 : 3;
  }
  const bool outside = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
  return outside || !is_continuation(byte_at(text, at + 3)) ? 0 : 4;
}

bool is_control(std::string_view text, std::size_t at) {
  const unsigned byte = byte_at(text, at);
  if (byte == 0xc2) return byte_at(text, at + 1) < 0xa0;  // C1 controls
  return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f;
}

std::string hex(unsigned byte) {
  static constexpr char kDigits[] = "0123456789abcdef";
  return {'0', 'x', kDigits[(byte >> 4) & 15], kDigits[byte & 15]};
}

}  // namespace

std::string normalise(std::string_view raw) {
  if (raw.starts_with(kByteOrderMark)) raw.remove_prefix(kByteOrderMark.size());
  std::string text;
  text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\r' && i + 1 < raw.size() && raw[i + 1] == '\n') continue;
    text += raw[i];
  }
  return text;
}

bool is_clean_text(std::string_view text, std::uint32_t file, Diagnostics& diagnostics) {
  if (text.size() > kMaxFileBytes) {
    diagnostics.error({file, 1, 1, 1}, "the file is larger than 4 MiB");
    return false;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    if (length == 0) {
      diagnostics.error(position_of(text, at, file),
                        "byte " + hex(byte_at(text, at)) + " is not valid UTF-8");
      return false;
    }
    if (is_control(text, at)) {
      diagnostics.error(position_of(text, at, file), "control character " +
                                                         hex(byte_at(text, at + length - 1)) +
                                                         " is not allowed; is this a text file?");
      return false;
    }
    at += length;
  }
  return true;
}

Position position_of(std::string_view text, std::size_t offset, std::uint32_t file) {
  const std::string_view before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  Position at;
  at.file = file;
  at.line = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
  at.column = static_cast<std::uint32_t>(1 + count_characters(before.substr(line_start)));
  return at;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return !is_continuation(static_cast<unsigned char>(c));
  }));
}

}  // namespace poise::conf
