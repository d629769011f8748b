#include "proxy/base/buffer.h"

#include <algorithm>
#include <cstring>

#include "proxy/base/check.h"
#include "proxy/base/free_list.h"

namespace poise::base {
namespace {

constexpr std::size_t kKeptBlocks = 128;  // 2 MiB a thread

}  // namespace

class BlockCache {
 public:
  static FreeList& get() {
    thread_local FreeList list(Buffer::kBlockBytes, kKeptBlocks);
    return list;
  }
};

Buffer::Block* Buffer::add_block() {
  auto* block = static_cast<Block*>(BlockCache::get().take());
  block->next = nullptr;
  block->begin = 0;
  block->end = 0;
  if (last_ != nullptr) {
    last_->next = block;
  } else {
    first_ = block;
  }
  last_ = block;
  return block;
}

void Buffer::free_block(Block* block) { BlockCache::get().give(block); }

void Buffer::append_here(Bytes bytes) {
  if (bytes.empty()) return;  // memcpy from a null view is undefined, even of nothing
  std::memcpy(last_->data() + last_->end, bytes.data(), bytes.size());
  last_->end += static_cast<std::uint32_t>(bytes.size());
  size_ += bytes.size();
}

void Buffer::append_slow(Bytes bytes) {
  while (!bytes.empty()) {
    if (last_ == nullptr || last_->end == kBlockData) add_block();
    const std::size_t part = std::min(bytes.size(), kBlockData - last_->end);
    append_here(bytes.substr(0, part));
    bytes.remove_prefix(part);
  }
}

std::span<char> Buffer::room() {
  if (last_ == nullptr || last_->end == kBlockData) add_block();
  return {last_->data() + last_->end, kBlockData - last_->end};
}

void Buffer::commit(std::size_t count) {
  last_->end += static_cast<std::uint32_t>(count);
  size_ += count;
}

std::size_t Buffer::slice_count() const {
  std::size_t count = 0;
  for (const Block* block = first_; block != nullptr; block = block->next) ++count;
  return count;
}

std::size_t Buffer::slices(std::span<iovec> out) const {
  std::size_t filled = 0;
  for (Block* block = first_; block != nullptr && filled < out.size(); block = block->next) {
    if (block->begin == block->end) continue;
    out[filled++] = {block->data() + block->begin, block->end - block->begin};
  }
  return filled;
}

Bytes Buffer::front() const {
  if (empty()) return {};
  return {first_->data() + first_->begin, first_->end - first_->begin};
}

void Buffer::drop(std::size_t count) {
  POISE_DCHECK(count <= size_);
  size_ -= count;
  while (first_ != nullptr) {
    const std::size_t here = first_->end - first_->begin;
    if (count < here) {
      first_->begin += static_cast<std::uint32_t>(count);
      return;
    }
    count -= here;
    Block* gone = std::exchange(first_, first_->next);
    free_block(gone);
  }
  last_ = nullptr;
}

void Buffer::clear() {
  while (first_ != nullptr) free_block(std::exchange(first_, first_->next));
  last_ = nullptr;
  size_ = 0;
}

void Buffer::splice(Buffer&& other) {
  if (other.first_ == nullptr) return;
  if (last_ != nullptr) {
    last_->next = other.first_;
  } else {
    first_ = other.first_;
  }
  last_ = other.last_;
  size_ += other.size_;
  other.first_ = nullptr;
  other.last_ = nullptr;
  other.size_ = 0;
}

}  // namespace poise::base
