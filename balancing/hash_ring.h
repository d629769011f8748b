// A circle of points from hash to backend, as ketama (Jones 2007) has made usual: a backend has
// points in proportion to its weight, at places that depend on its name alone, and a key belongs to
// the first point after it. So who comes or goes takes or leaves its own keys only. Points are
// found through an index in constant time, and take 4 bytes each: some 1,000 points for each
// backend of a pool, but 4 MiB at most, and 512 KiB for the index. Built once and constant, so all
// workers share one.
#pragma once

#include <cstdint>
#include <vector>

#include "balancing/backend_set.h"

namespace poise::balancing {

class HashRing {
 public:
  explicit HashRing(const BackendSet& backends);

  std::uint32_t size() const { return static_cast<std::uint32_t>(points_.size()); }
  BackendIndex at(std::uint32_t place) const { return points_[place] & backend_mask_; }
  std::uint32_t after(std::uint32_t place) const { return place + 1 == size() ? 0 : place + 1; }
  // The place of the first point at or after `hash`. Requires: not empty.
  std::uint32_t find(std::uint64_t hash) const;

 private:
  struct Point {
    std::uint32_t hash;
    BackendIndex backend;
  };

  static std::vector<Point> points_of(const BackendSet& backends);
  void index(const std::vector<Point>& points);

  // By hash: what the index leaves of it, above the backend.
  std::vector<std::uint32_t> points_;
  std::vector<std::uint32_t> starts_;  // by the highest bits of a hash: its first place; the end
  int index_shift_ = 0;
  int backend_bits_ = 0;
  std::uint32_t backend_mask_ = 0;
};

}  // namespace poise::balancing
