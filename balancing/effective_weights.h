// The weights as they count right now: the configured one, or less while a backend starts slowly.
// Belongs to one Selector and thread.
#pragma once

#include <cstdint>
#include <vector>

#include "balancing/backend_set.h"

namespace poise::balancing {

class EffectiveWeights {
 public:
  // What a configured weight of 1 counts.
  static constexpr std::uint32_t kUnit = 128;

  explicit EffectiveWeights(const BackendSet& backends) {
    for (BackendIndex i = 0; i < backends.size(); ++i) {
      weights_.push_back(backends.weight(i) * kUnit);
    }
  }

  std::uint32_t operator[](BackendIndex index) const { return weights_[index]; }

 private:
  std::vector<std::uint32_t> weights_;
};

}  // namespace poise::balancing
