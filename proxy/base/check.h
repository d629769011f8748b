// POISE_CHECK guards an invariant in every build, POISE_DCHECK in debug builds only. A failed check
// is a bug of ours and ends the process with the place; bad input is an Error, never a check.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace poise::base {

[[noreturn]] inline void check_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "poise: broken invariant: %s (%s:%d)\n", what, file, line);
  std::abort();
}

}  // namespace poise::base

#define POISE_CHECK(condition)                                                     \
  do {                                                                             \
    if (!(condition)) ::poise::base::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)

#ifdef NDEBUG
#define POISE_DCHECK(condition) \
  do {                          \
  } while (false && (condition))
#else
#define POISE_DCHECK(condition) POISE_CHECK(condition)
#endif
