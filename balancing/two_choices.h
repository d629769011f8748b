// Draws two candidates by weight, for strategies that take the better of two: constant time, and
// nearly as good as looking at all (Mitzenmacher 2001). Pure.
#pragma once

#include <optional>

#include "balancing/alias_table.h"

namespace poise::balancing {

struct TwoChoices {
  BackendIndex first;
  BackendIndex second;  // the same as the first when no other was found
};

// nullopt when nobody is usable.
inline std::optional<TwoChoices> draw_two(const AliasTable& table, const BackendMask& usable,
                                          base::Random& random) {
  constexpr int kTries = 8;
  const auto first = table.draw_usable(usable, random);
  if (!first) return std::nullopt;
  TwoChoices drawn{*first, *first};
  for (int i = 0; i < kTries && drawn.second == drawn.first; ++i) {
    drawn.second = *table.draw_usable(usable, random);
  }
  return drawn;
}

}  // namespace poise::balancing
