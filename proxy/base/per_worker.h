// One T for each worker, which alone writes it; any thread may walk over all of them at any time. A
// worker's T is made when it first asks, on cache lines of its own, and stays in its place until
// all of this is destroyed.
#pragma once

#include <atomic>
#include <cstddef>

namespace poise::base {

inline constexpr std::size_t kCacheLine = 64;
// Whose T holds what the process before this one counted: no worker has that number.
inline constexpr std::size_t kCarriedOver = static_cast<std::size_t>(-1);

template <class T>
class PerWorker {
 public:
  PerWorker() = default;
  PerWorker(const PerWorker&) = delete;
  PerWorker& operator=(const PerWorker&) = delete;
  ~PerWorker() {
    for (const Node* node = first_.load(); node != nullptr;) {
      const Node* gone = node;
      node = node->next;
      delete gone;
    }
  }

  // On that worker's thread only.
  T& of(std::size_t worker) {
    for (Node* node = first_.load(std::memory_order_acquire); node != nullptr; node = node->next) {
      if (node->worker == worker) return node->value;
    }
    Node* fresh = new Node;
    fresh->worker = worker;
    fresh->next = first_.load(std::memory_order_relaxed);
    while (!first_.compare_exchange_weak(fresh->next, fresh, std::memory_order_release,
                                         std::memory_order_relaxed)) {
    }
    return fresh->value;
  }

  // `visit` gets each worker's T as constant.
  template <class Visit>
  void for_each(Visit visit) const {
    for_each_worker([&](std::size_t, const T& value) { visit(value); });
  }
  // And which worker's it is.
  template <class Visit>
  void for_each_worker(Visit visit) const {
    const Node* node = first_.load(std::memory_order_acquire);
    for (; node != nullptr; node = node->next) visit(node->worker, node->value);
  }

 private:
  struct alignas(kCacheLine) Node {
    T value{};
    std::size_t worker = 0;
    Node* next = nullptr;
  };
  std::atomic<Node*> first_{nullptr};
};

}  // namespace poise::base
