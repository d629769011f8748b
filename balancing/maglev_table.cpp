#include "balancing/maglev_table.h"

#include <limits>
#include <queue>

#include "balancing/hash.h"
#include "balancing/rendezvous.h"

namespace poise::balancing {
namespace {

constexpr BackendIndex kFree = std::numeric_limits<BackendIndex>::max();

// A backend on its walk through the table.
struct Walk {
  BackendIndex backend;
  std::uint32_t rank;  // among all, by name: decides between equals
  std::uint32_t at;
  std::uint32_t skip;
  double pace;  // turns are this far apart
  double due;
};
struct IsLater {
  bool operator()(const Walk& a, const Walk& b) const {
    return a.due != b.due ? a.due > b.due : a.rank > b.rank;
  }
};
using Turns = std::priority_queue<Walk, std::vector<Walk>, IsLater>;

Turns first_turns(const BackendSet& backends, const std::vector<std::uint64_t>& identities,
                  std::uint32_t size) {
  Turns turns;
  std::uint32_t rank = 0;
  for (const BackendIndex i : in_order_of_identity(backends)) {
    if (backends.weight(i) == 0) continue;
    const double pace = 1.0 / backends.weight(i);
    turns.push({.backend = i,
                .rank = rank++,
                .at = static_cast<std::uint32_t>(mix(identities[i], 0) % size),
                .skip = static_cast<std::uint32_t>(mix(identities[i], 1) % (size - 1)) + 1,
                .pace = pace,
                .due = pace});
  }
  return turns;
}

}  // namespace

MaglevTable::MaglevTable(const BackendSet& backends, std::uint32_t size)
    : identities_(identities_of(backends)) {
  Turns turns = first_turns(backends, identities_, size);
  if (turns.empty()) return;
  entries_.assign(size, kFree);
  for (std::uint32_t filled = 0; filled < size; ++filled) {
    Walk walk = turns.top();
    turns.pop();
    while (entries_[walk.at] != kFree) walk.at = (walk.at + walk.skip) % size;
    entries_[walk.at] = walk.backend;
    walk.due += walk.pace;
    turns.push(walk);
  }
}

std::optional<BackendIndex> MaglevTable::find(const PickInput& input) const {
  const auto size = static_cast<std::uint32_t>(entries_.size());
  if (size == 0) return std::nullopt;
  for (std::uint64_t i = 0; i < kTries; ++i) {
    const std::uint64_t hash = i == 0 ? input.key : mix(input.key, i);
    const BackendIndex found = entries_[scale(hash, size)];
    if (!input.usable.test(found)) continue;
    if (input.weights.admits(found, mix(input.key, identities_[found]))) return found;
  }
  return rendezvous(input, identities_);
}

}  // namespace poise::balancing
