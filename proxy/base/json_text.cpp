#include "proxy/base/json_text.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace poise::base {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;

// Bytes equal to zero get their high bit set. A borrow can mark a byte above a true one as well, so
// only the lowest mark is exact: enough to find the first.
constexpr std::uint64_t zero_bytes(std::uint64_t word) { return (word - kOnes) & ~word & kHighs; }

// Marks the bytes that are not printable ASCII without '"' and '\'; the lowest mark is exact.
constexpr std::uint64_t unclean_bytes(std::uint64_t word) {
  const std::uint64_t controls = (word - kOnes * 0x20) & ~word;
  return ((controls | word) & kHighs) | zero_bytes(word ^ (kOnes * '"')) |
         zero_bytes(word ^ (kOnes * '\\')) | zero_bytes(word ^ (kOnes * 0x7f));
}

bool is_clean(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

// How many bytes from `at` on need no escape: eight at a time, as nearly all text is clean.
std::size_t clean_length(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t marks = unclean_bytes(word);
    if (marks == 0) continue;
    if constexpr (std::endian::native == std::endian::little) {
      return at + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
    }
    break;
  }
  while (at < text.size() && is_clean(text[at])) ++at;
  return at;
}

// The length of the UTF-8 sequence the text begins with (RFC 3629 section 4); 0 when it is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead >= 0xc2 && lead <= 0xdf) return follows(1, 0x80, 0xbf) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const unsigned low = lead == 0xe0 ? 0xa0 : 0x80;   // no overlong form
    const unsigned high = lead == 0xed ? 0x9f : 0xbf;  // no surrogate
    return follows(1, low, high) && follows(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const unsigned low = lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xf4 ? 0x8f : 0xbf;  // nothing above U+10FFFF
    return follows(1, low, high) && follows(2, 0x80, 0xbf) && follows(3, 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

void append_code(std::string& out, unsigned code) {
  constexpr char kHex[] = "0123456789abcdef";
  const char escape[] = {'\\', 'u', '0', '0', kHex[code >> 4], kHex[code & 15]};
  out.append(escape, sizeof escape);
}

void append_ascii_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      append_code(out, static_cast<unsigned char>(c));
  }
}

// Appends what the text begins with, and tells how many bytes that was.
std::size_t append_unclean(std::string& out, std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) {
    append_ascii_escape(out, text[0]);
    return 1;
  }
  const std::size_t length = utf8_length(text);
  if (length == 0) {
    out += "\\ufffd";
    return 1;
  }
  // The C1 controls steer some terminals.
  if (first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0) {
    append_code(out, static_cast<unsigned char>(text[1]));
  } else {
    out.append(text.substr(0, length));
  }
  return length;
}

}  // namespace

void append_json_escaped(std::string& out, std::string_view text) {
  while (true) {
    const std::size_t clean = clean_length(text);
    out.append(text.data(), clean);
    text.remove_prefix(clean);
    if (text.empty()) return;
    text.remove_prefix(append_unclean(out, text));
  }
}

}  // namespace poise::base
