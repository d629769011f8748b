// ASCII text eight bytes at a time: the few questions asked of every header field of every request.
// Pure; the words are loaded unaligned, never past the text.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace poise::base::ascii {

inline constexpr std::uint64_t kOnes = 0x0101010101010101;
inline constexpr std::uint64_t kHighs = 0x8080808080808080;

inline std::uint64_t load8(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, 8);
  return word;
}

// Up to eight bytes, the rest zero.
inline std::uint64_t load_up_to8(const char* at, std::size_t size) {
  if (size >= 8) return load8(at);
  if (size >= 4) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + size - 4, 4);
    return first | (std::uint64_t{last} << (8 * (size - 4)));
  }
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) {
    word |= std::uint64_t{static_cast<std::uint8_t>(at[i])} << (8 * i);
  }
  return word;
}

// 'A' to 'Z' become small; every other byte stays.
constexpr std::uint64_t lowered(std::uint64_t word) {
  const std::uint64_t sevens = word & ~kHighs;
  const std::uint64_t from_a = sevens + (0x80 - 'A') * kOnes;
  const std::uint64_t past_z = sevens + (0x7f - 'Z') * kOnes;
  const std::uint64_t upper = (from_a ^ past_z) & ~word & kHighs;
  return word | (upper >> 2);
}

// True for some words without one too (a carry), never false for one with a byte below 0x20 or DEL.
constexpr bool may_have_control(std::uint64_t word) {
  const std::uint64_t below_space = (word - 0x20 * kOnes) & ~word;
  const std::uint64_t no_del = word ^ (0x7f * kOnes);
  const std::uint64_t is_del = (no_del - kOnes) & ~no_del;
  return ((below_space | is_del) & kHighs) != 0;
}

inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  std::size_t at = 0;
  for (; at + 8 <= a.size(); at += 8) {
    if (lowered(load8(a.data() + at)) != lowered(load8(b.data() + at))) return false;
  }
  const std::size_t left = a.size() - at;
  return lowered(load_up_to8(a.data() + at, left)) == lowered(load_up_to8(b.data() + at, left));
}

inline bool may_have_control(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    if (may_have_control(load8(text.data() + at))) return true;
  }
  const std::size_t left = text.size() - at;
  if (left == 0) return false;
  // The missing bytes must not look like NULs.
  const std::uint64_t padding = left == 8 ? 0 : ~std::uint64_t{0} << (8 * left);
  return may_have_control(load_up_to8(text.data() + at, left) | (padding & (0x20 * kOnes)));
}

// RFC 9110 section 5.6.2. For names of the configuration's; what peers send is judged in http.
inline bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  for (const char c : text) {
    const char small = static_cast<char>(c | 0x20);
    const bool is_letter = small >= 'a' && small <= 'z';
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_letter && !is_digit && kMarks.find(c) == std::string_view::npos) return false;
  }
  return !text.empty();
}

}  // namespace poise::base::ascii
