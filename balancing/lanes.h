// Where in a pool new requests go before a strategy picks: the backends are parted into lanes by
// tier and, where this poise has a zone, by whether they are in it. What health says of them
// decides who may be picked in each lane, how much of the traffic the lane gets (graded_shares.h,
// first among tiers, then among its own zone and the others), and whether a tier panics:
//
//   A tier panics when fewer than the `panic` share of its judged backends is healthy and the other
//   tiers cannot take everything. Then health is ignored in it, and so are zones: who is down or
//   ejected is picked like all others. Who drains or was never judged is not.
//
// Belongs to one Selector and thread. Allocates only when health's word changes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "balancing/backend_mask.h"
#include "balancing/backend_set.h"
#include "balancing/backend_status.h"

namespace poise::balancing {

struct Lane {
  std::uint32_t tier = 0;
  bool is_local = true;
  BackendMask members{};  // those with a weight
  BackendMask allowed{};  // those of them that may be picked
  double weight = 0;      // of the members
  double fit_weight = 0;
  double allowed_weight = 0;
  double share = 0;  // of what is new
  bool panics = false;
};

class Lanes {
 public:
  // An empty `zone` is none: nothing is parted by zones.
  Lanes(const BackendSet& backends, const std::string& zone, double panic);

  // Health's word, by BackendIndex.
  void update(std::span<const BackendStatus> status);

  // In order of preference: by tier, the own zone first.
  const std::vector<Lane>& all() const { return lanes_; }
  // Also that of a backend without weight.
  std::size_t lane_of(BackendIndex index) const { return lane_of_[index]; }
  // The lane that gets everything new, if one does; all().size() otherwise.
  std::size_t sole() const { return sole_; }
  // By the lanes' shares, for an evenly spread coin; all().size() when nobody gets anything.
  std::size_t choose(std::uint64_t coin) const;

  bool is_panicking() const;

 private:
  void part(const BackendSet& backends, const std::string& zone);
  void judge(Lane& lane, std::span<const BackendStatus> status) const;
  void allow(Lane& lane, std::span<const BackendStatus> status) const;

  std::vector<std::uint32_t> weights_;
  std::vector<std::size_t> lane_of_;
  std::vector<Lane> lanes_;
  double panic_;
  std::size_t sole_ = 0;
};

}  // namespace poise::balancing
