// What all workers together have under way on a backend, on a cache line of its own. Written only
// where the strategy asks for it (Plan::wants_shared_load): a shared counter costs every request a
// line that moves between CPUs. Outlives every Selector that counts in it.
#pragma once

#include <atomic>
#include <cstdint>

namespace poise::balancing {

struct alignas(64) SharedLoad {
  std::atomic<std::uint32_t> in_flight{0};
};

}  // namespace poise::balancing
