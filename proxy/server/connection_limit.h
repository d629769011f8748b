// How many client connections may be open, over all workers. Exact: counted before it is judged.
#pragma once

#include <atomic>
#include <cstdint>

namespace poise::server {

class ConnectionLimit {
 public:
  explicit ConnectionLimit(std::uint32_t most) : most_(most) {}  // 0: no limit

  void enter() { open_.fetch_add(1, std::memory_order_relaxed); }
  void leave() { open_.fetch_sub(1, std::memory_order_relaxed); }
  std::uint32_t open() const { return open_.load(std::memory_order_relaxed); }
  void set_most(std::uint32_t most) { most_.store(most, std::memory_order_relaxed); }
  bool is_full() const {
    const std::uint32_t most = most_.load(std::memory_order_relaxed);
    return most != 0 && open() >= most;
  }

 private:
  std::atomic<std::uint32_t> open_{0};
  std::atomic<std::uint32_t> most_;
};

}  // namespace poise::server
