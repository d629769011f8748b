// Finds where a line ends, sixteen bytes at a time where the processor can.
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace poise::base {

// The first CR or LF in [from, end), or end.
inline const char* find_line_end(const char* from, const char* end) {
#ifdef __SSE2__
  const __m128i carriage_return = _mm_set1_epi8('\r');
  const __m128i line_feed = _mm_set1_epi8('\n');
  for (; end - from >= 16; from += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i hits =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, carriage_return), _mm_cmpeq_epi8(bytes, line_feed));
    const int mask = _mm_movemask_epi8(hits);
    if (mask != 0) return from + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (from != end && *from != '\r' && *from != '\n') ++from;
  return from;
}

}  // namespace poise::base
