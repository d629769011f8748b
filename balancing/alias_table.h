// Draws a backend in proportion to the configured weights in constant time: the alias method (Vose
// 1991). Built once and constant, so all workers share one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancing/strategy.h"
#include "proxy/base/random.h"

namespace poise::balancing {

class AliasTable {
 public:
  explicit AliasTable(const BackendSet& backends);

  // Requires: some backend has a weight.
  BackendIndex draw(base::Random& random) const {
    const auto column = random.below(static_cast<std::uint32_t>(columns_.size()));
    const Column& drawn = columns_[column];
    return static_cast<std::uint32_t>(random() >> 32) < drawn.own_share ? column : drawn.other;
  }

  // Who is drawn is usable, too; nullopt when nobody is. Constant time unless few of all are.
  std::optional<BackendIndex> draw_usable(const BackendMask& usable, base::Random& random) const;

 private:
  struct Column {
    std::uint32_t own_share = 0;  // of 2^32
    BackendIndex other = 0;
  };
  static constexpr int kTries = 32;

  std::vector<std::uint32_t> weights_;
  std::vector<Column> columns_;
};

}  // namespace poise::balancing
