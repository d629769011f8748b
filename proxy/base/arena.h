// Bump memory for the text of one message: everything in it is freed at once, when the arena is
// destroyed or cleared. Blocks come from a free list of the thread, so an arena must be destroyed
// on the thread that filled it. Views into it stay valid when the arena is moved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace poise::base {

class Arena {
 public:
  static constexpr std::size_t kBlockBytes = 4096;

  Arena() = default;
  ~Arena() { clear(); }
  Arena(Arena&& other) noexcept
      : head_(std::exchange(other.head_, nullptr)),
        next_(std::exchange(other.next_, nullptr)),
        end_(std::exchange(other.end_, nullptr)) {}
  Arena& operator=(Arena&& other) noexcept {
    if (this != &other) {
      clear();
      head_ = std::exchange(other.head_, nullptr);
      next_ = std::exchange(other.next_, nullptr);
      end_ = std::exchange(other.end_, nullptr);
    }
    return *this;
  }

  // Uninitialised, aligned to `alignment` (a power of two).
  void* allocate(std::size_t size, std::size_t alignment = 1) {
    char* start = next_ + (-reinterpret_cast<std::uintptr_t>(next_) & (alignment - 1));
    if (next_ == nullptr || start + size > end_) return allocate_slow(size, alignment);
    next_ = start + size;
    return start;
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* place = static_cast<char*>(allocate(text.size()));
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  void clear();

 private:
  struct Block;
  void* allocate_slow(std::size_t size, std::size_t alignment);

  Block* head_ = nullptr;
  char* next_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace poise::base
