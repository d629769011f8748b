// Hashes that mean the same on every poise: XXH3 (xxhash.com, 64 bits, seed 0), whose results are
// fixed since version 0.8, and a mixer that draws further numbers from them. Not for secrets. The
// only home of xxHash.
#pragma once

#include <cstdint>
#include <string_view>

namespace poise::balancing {

std::uint64_t hash_text(std::string_view text);

// Another number as good as random for each pair: the finalizer of MurmurHash3 (Appleby).
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t number) {
  std::uint64_t z = hash + (number + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 33)) * 0xff51afd7ed558ccd;
  z = (z ^ (z >> 33)) * 0xc4ceb9fe1a85ec53;
  return z ^ (z >> 33);
}

// Spreads hashes evenly over [0, bound).
constexpr std::uint32_t scale(std::uint64_t hash, std::uint32_t bound) {
  return static_cast<std::uint32_t>((hash >> 32) * bound >> 32);
}

}  // namespace poise::balancing
