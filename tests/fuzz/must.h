// MUST(condition) ends a fuzz run with the input at hand when a property does not hold.
#pragma once

#include <cstdio>
#include <cstdlib>

#define MUST(condition)                                                                 \
  do {                                                                                  \
    if (condition) break;                                                               \
    std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
    std::abort();                                                                       \
  } while (false)
