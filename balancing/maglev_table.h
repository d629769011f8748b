// A table from hash to backend after Eisenbud et al., "Maglev: A Fast and Reliable Software Network
// Load Balancer" (NSDI 2016), section 3.4: every backend fills the table along a permutation of its
// own, in turns as its weight allows, so that shares are exact to one entry and few entries change
// when a backend comes or goes. Depends on names and weights, not on the order of the list. Built
// once and constant, so all workers share one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancing/strategy.h"

namespace poise::balancing {

class MaglevTable {
 public:
  // Requires: `size` is prime.
  MaglevTable(const BackendSet& backends, std::uint32_t size);

  // The key's backend. One that is not usable is passed over along a series of entries that is the
  // key's own, so its keys spread over all others and no other key moves. nullopt when nobody is.
  std::optional<BackendIndex> find(const PickInput& input) const;

  // For tests and explanations: by entry; empty when nobody has a weight.
  const std::vector<BackendIndex>& entries() const { return entries_; }

 private:
  // Enough to miss everyone only when hardly anyone is usable.
  static constexpr std::uint64_t kTries = 64;

  std::vector<BackendIndex> entries_;
  std::vector<std::uint64_t> identities_;
};

}  // namespace poise::balancing
