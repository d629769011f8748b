// Which of the usable backends is a key's own, by the highest random weight (Thaler and Ravishankar
// 1998, weighted as by Schindelhauer and Schomaker 2005). It takes time in proportion to the usable
// ones, so hashing strategies ask it only when hardly any of theirs are. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancing/strategy.h"

namespace poise::balancing {

// `identities` is by BackendIndex, see identities_of(). nullopt when nobody is usable.
std::optional<BackendIndex> rendezvous(const PickInput& input,
                                       const std::vector<std::uint64_t>& identities);

// A number for each backend that depends on nothing but its name.
std::vector<std::uint64_t> identities_of(const BackendSet& backends);

// The indexes in an order that depends on names only, so that tables built in it do not depend on
// the order of the list.
std::vector<BackendIndex> in_order_of_identity(const BackendSet& backends);

}  // namespace poise::balancing
