// The backends of one pool as balancing sees them: names, weights, tiers and zones, in the order of
// the configuration. Immutable after construction, shared by all workers. Addresses, connections
// and health belong to others, who use the same indexes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "balancing/backend_mask.h"

namespace poise::balancing {

inline constexpr std::uint32_t kMostWeight = 65'535;

struct BackendInfo {
  std::string name;
  std::uint32_t weight = 1;  // at most kMostWeight; 0: takes no new requests
  std::string zone{};        // "": none
  std::uint32_t tier = 0;    // 0 is preferred
};

class BackendSet {
 public:
  BackendSet() = default;
  explicit BackendSet(std::vector<BackendInfo> backends);

  std::size_t size() const { return backends_.size(); }
  const std::string& name(BackendIndex index) const { return backends_[index].name; }
  std::uint32_t weight(BackendIndex index) const { return backends_[index].weight; }
  const std::string& zone(BackendIndex index) const { return backends_[index].zone; }
  std::uint32_t tier(BackendIndex index) const { return backends_[index].tier; }
  std::uint64_t total_weight() const { return total_weight_; }
  std::optional<BackendIndex> find(std::string_view name) const;

  // Those with a weight: whom a strategy may pick when all are well.
  const BackendMask& weighted() const { return weighted_; }

 private:
  std::vector<BackendInfo> backends_;
  std::uint64_t total_weight_ = 0;
  BackendMask weighted_;
};

}  // namespace poise::balancing
