#include "proxy/base/arena.h"

#include <cstdlib>
#include <new>

namespace poise::base {

struct Arena::Block {
  Block* next;
  std::size_t size;
};

namespace {

// Blocks of the usual size wait here for the next message of this thread.
class FreeBlocks {
 public:
  ~FreeBlocks() {
    while (first_ != nullptr) std::free(std::exchange(first_, *static_cast<void**>(first_)));
  }

  void* take() {
    if (first_ == nullptr) return nullptr;
    --count_;
    return std::exchange(first_, *static_cast<void**>(first_));
  }

  bool give(void* block) {
    if (count_ >= kKept) return false;
    *static_cast<void**>(block) = first_;
    first_ = block;
    ++count_;
    return true;
  }

 private:
  static constexpr std::size_t kKept = 256;
  void* first_ = nullptr;
  std::size_t count_ = 0;
};

thread_local FreeBlocks free_blocks;

void* take_memory(std::size_t size) {
  void* memory = size == Arena::kBlockBytes ? free_blocks.take() : nullptr;
  if (memory == nullptr) memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* Arena::allocate_slow(std::size_t size, std::size_t alignment) {
  const std::size_t needed = sizeof(Block) + size + alignment;
  const std::size_t block_size = needed > kBlockBytes ? needed : kBlockBytes;
  auto* block = static_cast<Block*>(take_memory(block_size));
  block->next = head_;
  block->size = block_size;
  head_ = block;
  next_ = reinterpret_cast<char*>(block + 1);
  end_ = reinterpret_cast<char*>(block) + block_size;
  return allocate(size, alignment);
}

void Arena::clear() {
  while (head_ != nullptr) {
    Block* block = std::exchange(head_, head_->next);
    if (block->size != kBlockBytes || !free_blocks.give(block)) std::free(block);
  }
  next_ = nullptr;
  end_ = nullptr;
}

}  // namespace poise::base
