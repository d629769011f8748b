#include "balancing/rendezvous.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "balancing/hash.h"

namespace poise::balancing {
namespace {

// In (0, 1).
double unit(std::uint64_t hash) { return (static_cast<double>(hash >> 11) + 0.5) * 0x1p-53; }

}  // namespace

std::optional<BackendIndex> rendezvous(const PickInput& input,
                                       const std::vector<std::uint64_t>& identities) {
  const BackendMask& usable = input.usable;
  std::optional<BackendIndex> best;
  double highest = 0;
  for (auto i = usable.next(0); i < usable.size(); i = usable.next(i + 1)) {
    const double score =
        -static_cast<double>(input.weights[i]) / std::log(unit(mix(input.key, identities[i])));
    const bool wins =
        !best || score > highest || (score == highest && identities[i] < identities[*best]);
    if (!wins) continue;
    best = i;
    highest = score;
  }
  return best;
}

std::vector<std::uint64_t> identities_of(const BackendSet& backends) {
  std::vector<std::uint64_t> identities;
  for (BackendIndex i = 0; i < backends.size(); ++i) {
    identities.push_back(hash_text(backends.name(i)));
  }
  return identities;
}

std::vector<BackendIndex> in_order_of_identity(const BackendSet& backends) {
  std::vector<BackendIndex> order(backends.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](BackendIndex a, BackendIndex b) { return backends.name(a) < backends.name(b); });
  return order;
}

}  // namespace poise::balancing
