#include "proxy/base/arena.h"

#include <cstdlib>
#include <new>

#include "proxy/base/free_list.h"

namespace poise::base {

struct Arena::Block {
  Block* next;
  std::size_t size;
};

namespace {

FreeList& usual_blocks() {
  thread_local FreeList list(Arena::kBlockBytes, 256);
  return list;
}

void* take_memory(std::size_t size) {
  if (size == Arena::kBlockBytes) return usual_blocks().take();
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void give_memory(void* memory, std::size_t size) {
  if (size == Arena::kBlockBytes) {
    usual_blocks().give(memory);
  } else {
    std::free(memory);
  }
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
    give_memory(block, block->size);
  }
  next_ = nullptr;
  end_ = nullptr;
}

}  // namespace poise::base
