// A circle of points from hash to backend, as ketama (Jones 2007) has made usual: a backend has
// points in proportion to its weight, at places that depend on its name alone, and a key belongs to
// the first point after it. So who comes or goes takes or leaves its own keys only. Points are
// found through an index in constant time. Built once and constant, so all workers share one.
#pragma once

#include <cstdint>
#include <vector>

#include "balancing/backend_set.h"

namespace poise::balancing {

class HashRing {
 public:
  explicit HashRing(const BackendSet& backends);

  std::uint32_t size() const { return static_cast<std::uint32_t>(points_.size()); }
  BackendIndex at(std::uint32_t place) const { return points_[place].backend; }
  std::uint32_t after(std::uint32_t place) const { return place + 1 == size() ? 0 : place + 1; }
  // The place of the first point at or after `hash`. Requires: not empty.
  std::uint32_t find(std::uint64_t hash) const;

 private:
  struct Point {
    std::uint32_t hash;
    BackendIndex backend;
  };

  void index();

  std::vector<Point> points_;          // by hash
  std::vector<std::uint32_t> starts_;  // by the highest bits of a hash: its first place
  int shift_ = 32;
};

}  // namespace poise::balancing
