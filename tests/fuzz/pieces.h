// How a fuzz target cuts its input into pieces: by chance, but the same for the same input, so that
// the corpus can be plain messages and every failure repeats.
#pragma once

#include <algorithm>
#include <string_view>

#include "proxy/base/random.h"

namespace poise::fuzz {

class Pieces {
 public:
  explicit Pieces(std::string_view input) : random_(seed_of(input)) {}

  // The length of the next piece of a text of which `left` bytes are left; 0 only at its end.
  std::size_t next(std::size_t left) {
    if (left == 0) return 0;
    const std::size_t most = random_.below(4) == 0 ? left : std::min<std::size_t>(left, 8);
    return 1 + random_.below(static_cast<std::uint32_t>(most));
  }

 private:
  // FNV-1a.
  static std::uint64_t seed_of(std::string_view input) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : input) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
  }

  base::Random random_;
};

}  // namespace poise::fuzz
