// How many requests are under way on each backend: those of this worker and, where the strategy
// wants to know, those of all workers together. The shared count is exact but for requests that
// start in the very moment it is read. Belongs to one Selector and thread.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "balancing/backend_mask.h"
#include "balancing/shared_load.h"
#include "proxy/base/check.h"

namespace poise::balancing {

class Loads {
 public:
  // `shared` is by BackendIndex and outlives this; empty when nobody shares.
  explicit Loads(std::size_t size, std::vector<SharedLoad*> shared = {})
      : own_(size), shared_(std::move(shared)) {
    POISE_CHECK(shared_.empty() || shared_.size() == size);
  }
  Loads(const Loads&) = delete;
  Loads& operator=(const Loads&) = delete;
  // What never finished, as the worker ended, is finished for the others.
  ~Loads() {
    for (std::size_t i = 0; i < shared_.size(); ++i) {
      shared_[i]->in_flight.fetch_sub(own_[i], std::memory_order_relaxed);
    }
  }

  void start(BackendIndex index) {
    ++own_[index];
    if (is_shared()) shared_[index]->in_flight.fetch_add(1, std::memory_order_relaxed);
  }
  void finish(BackendIndex index) {
    POISE_DCHECK(own_[index] > 0);
    --own_[index];
    if (is_shared()) shared_[index]->in_flight.fetch_sub(1, std::memory_order_relaxed);
  }

  bool is_shared() const { return !shared_.empty(); }
  // Of all workers when shared, else of this one.
  std::uint32_t in_flight(BackendIndex index) const {
    return is_shared() ? shared_[index]->in_flight.load(std::memory_order_relaxed) : own_[index];
  }
  // Its number is asked for soon.
  void prefetch(BackendIndex index) const {
    if (is_shared()) __builtin_prefetch(shared_[index]);
  }
  std::uint32_t own(BackendIndex index) const { return own_[index]; }

 private:
  std::vector<std::uint32_t> own_;
  std::vector<SharedLoad*> shared_;
};

}  // namespace poise::balancing
