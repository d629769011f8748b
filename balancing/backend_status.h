// What is held against a backend, as bits of one byte: health judges it on the control thread,
// every worker's Selector obeys it. 0 is a backend that nothing is held against. A plain value.
#pragma once

#include <cstdint>

namespace poise::balancing {

using BackendStatus = std::uint8_t;

inline constexpr BackendStatus kDown = 1;        // active health says so
inline constexpr BackendStatus kEjected = 2;     // passive health says so
inline constexpr BackendStatus kDraining = 4;    // keeps its sessions and takes no new ones
inline constexpr BackendStatus kUnknown = 8;     // not probed or not resolved yet
inline constexpr BackendStatus kProbation = 16;  // back from an ejection: serves, but little
inline constexpr BackendStatus kDrained = 32;    // with kDraining: its sessions go elsewhere, too

// Whether it can serve at all; a draining backend can.
constexpr bool is_healthy(BackendStatus bits) {
  return (bits & (kDown | kEjected | kUnknown)) == 0;
}
// Whether it takes what is new.
constexpr bool is_fit(BackendStatus bits) { return (bits & ~kProbation) == 0; }

}  // namespace poise::balancing
