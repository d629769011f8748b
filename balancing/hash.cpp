#include "balancing/hash.h"

// The whole library as inline functions: nothing to link.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace poise::balancing {

std::uint64_t hash_text(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace poise::balancing
