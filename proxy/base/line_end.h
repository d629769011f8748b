// Finds the control characters of a text, sixteen bytes at a time where the processor can: ends
// of lines, and what may not stand in a line at all.
#pragma once

#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace poise::base {

// Everything below space but TAB, and DEL.
constexpr bool is_control(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

#ifdef __SSE2__
// One bit for each of sixteen bytes.
inline unsigned control_bits(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i tab = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t'));
  const __m128i del = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, low), del)));
}
#endif

// The first control character in [from, end), or end. Requires: [begin, end) is readable, and
// `from` within it.
inline const char* find_control(const char* begin, const char* from, const char* end) {
#ifdef __SSE2__
  for (; end - from >= 16; from += 16) {
    const unsigned bits = control_bits(from);
    if (bits != 0) return from + __builtin_ctz(bits);
  }
  if (end - begin >= 16 && from != end) {  // the last sixteen, without those looked at already
    const unsigned bits = control_bits(end - 16) >> (16 - (end - from));
    return bits == 0 ? end : from + __builtin_ctz(bits);
  }
#endif
  while (from != end && !is_control(*from)) ++from;
  return from;
}

}  // namespace poise::base
