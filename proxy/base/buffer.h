// A move-only chain of 16 KiB blocks that holds bytes which could not leave at once. Blocks come
// from a free list of the thread, so a Buffer never crosses threads; an empty Buffer owns no block.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "proxy/base/bytes.h"

namespace poise::base {

class Buffer {
 public:
  Buffer() = default;
  ~Buffer() { clear(); }
  Buffer(Buffer&& other) noexcept
      : first_(std::exchange(other.first_, nullptr)),
        last_(std::exchange(other.last_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    if (this != &other) {
      clear();
      first_ = std::exchange(other.first_, nullptr);
      last_ = std::exchange(other.last_, nullptr);
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void append(Bytes bytes) {
    if (last_ != nullptr && kBlockData - last_->end >= bytes.size()) {
      append_here(bytes);
    } else {
      append_slow(bytes);
    }
  }

  // At least one byte of room at the end, to be filled and then committed.
  std::span<char> room();
  void commit(std::size_t count);

  // How many slices hold all of it, at most.
  std::size_t slice_count() const;
  // The bytes from the front as up to `out.size()` slices; how many were filled in.
  std::size_t slices(std::span<iovec> out) const;
  // The first slice; empty when the buffer is.
  Bytes front() const;
  void drop(std::size_t count);  // Requires: count <= size().
  void clear();

  // Moves all of `other` behind these bytes, without copying.
  void splice(Buffer&& other);

 private:
  static constexpr std::size_t kBlockBytes = 16 * 1024;
  struct Block {
    Block* next;
    std::uint32_t begin;
    std::uint32_t end;
    char* data() { return reinterpret_cast<char*>(this + 1); }
  };
  static constexpr std::size_t kBlockData = kBlockBytes - sizeof(Block);

  void append_here(Bytes bytes);
  void append_slow(Bytes bytes);
  Block* add_block();
  static void free_block(Block* block);
  friend class BlockCache;

  Block* first_ = nullptr;
  Block* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace poise::base
