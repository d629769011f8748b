// A thread's store of freed memory chunks of one size, kept for the next use: taking one costs a
// few instructions and touches memory that is still in the cache. Not shared between threads.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace poise::base {

class FreeList {
 public:
  FreeList(std::size_t chunk_bytes, std::size_t kept) : chunk_bytes_(chunk_bytes), kept_(kept) {}
  FreeList(const FreeList&) = delete;
  FreeList& operator=(const FreeList&) = delete;
  ~FreeList() {
    while (first_ != nullptr) std::free(pop());
  }

  void* take() {
    if (first_ != nullptr) return pop();
    void* chunk = std::malloc(chunk_bytes_);
    if (chunk == nullptr) throw std::bad_alloc();
    return chunk;
  }

  void give(void* chunk) {
#ifdef __SANITIZE_ADDRESS__
    return std::free(chunk);  // or a use after the end would go unseen
#endif
    if (count_ >= kept_) {
      std::free(chunk);
      return;
    }
    *static_cast<void**>(chunk) = first_;
    first_ = chunk;
    ++count_;
  }

 private:
  void* pop() {
    --count_;
    return std::exchange(first_, *static_cast<void**>(first_));
  }

  void* first_ = nullptr;
  std::size_t count_ = 0;
  std::size_t chunk_bytes_;
  std::size_t kept_;
};

// Gives a class its own per-thread FreeList; objects are made and destroyed on one thread.
template <class T, std::size_t Kept = 64>
class Pooled {
 public:
  static void* operator new(std::size_t size) {
    if (size != sizeof(T)) return ::operator new(size);
    return list().take();
  }
  static void operator delete(void* memory, std::size_t size) {
    if (size != sizeof(T)) return ::operator delete(memory);
    list().give(memory);
  }

 private:
  static FreeList& list() {
    thread_local FreeList free_list(sizeof(T), Kept);
    return free_list;
  }
};

}  // namespace poise::base
