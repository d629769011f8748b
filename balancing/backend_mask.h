// A set of backends, one bit each. Up to 64 of them, the usual case, need no memory of their own;
// so a mask of a request is free. A plain value.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "proxy/base/check.h"

namespace poise::balancing {

// The place of a backend in its BackendSet.
using BackendIndex = std::uint32_t;

class BackendMask {
 public:
  enum class Initially : std::uint8_t { clear, set };

  // Holds nobody, and stands for "none" of a set of any size.
  BackendMask() = default;
  explicit BackendMask(std::size_t size, Initially initially = Initially::clear)
      : size_(static_cast<std::uint32_t>(size)) {
    if (size > kWordBits) more_.resize((size - 1) / kWordBits);
    if (initially == Initially::set) set_all();
  }

  std::size_t size() const { return size_; }
  bool test(BackendIndex index) const {
    return index < size_ && ((word(index / kWordBits) >> (index % kWordBits)) & 1) != 0;
  }
  void set(BackendIndex index) {
    POISE_DCHECK(index < size_);
    word(index / kWordBits) |= bit(index);
  }
  void clear(BackendIndex index) {
    POISE_DCHECK(index < size_);
    word(index / kWordBits) &= ~bit(index);
  }
  void set_all() {
    for (BackendIndex index = 0; index < size_; ++index) set(index);
  }
  void clear_all() {
    first_ = 0;
    for (auto& each : more_) each = 0;
  }

  bool any() const {
    std::uint64_t all = first_;
    for (const auto each : more_) all |= each;
    return all != 0;
  }
  std::uint32_t count() const {
    int bits = std::popcount(first_);
    for (const auto each : more_) bits += std::popcount(each);
    return static_cast<std::uint32_t>(bits);
  }

  // The first member at or after `from`; size() when there is none.
  BackendIndex next(BackendIndex from) const {
    if (from >= size_) return size_;
    std::size_t at = from / kWordBits;
    std::uint64_t bits = word(at) & (~std::uint64_t{0} << (from % kWordBits));
    while (bits == 0) {
      if (++at >= words()) return size_;
      bits = word(at);
    }
    return static_cast<BackendIndex>(at * kWordBits) +
           static_cast<BackendIndex>(std::countr_zero(bits));
  }

  // Becomes `all` without `removed`, reusing its own memory. Requires: `removed` is of the same
  // set, or empty.
  void assign_difference(const BackendMask& all, const BackendMask& removed) {
    POISE_DCHECK(removed.size_ == 0 || removed.size_ == all.size_);
    size_ = all.size_;
    first_ = all.first_ & ~removed.first_;
    if (all.more_.empty() && more_.empty()) return;
    more_ = all.more_;
    for (std::size_t i = 0; i < removed.more_.size(); ++i) more_[i] &= ~removed.more_[i];
  }

  bool operator==(const BackendMask&) const = default;

 private:
  static constexpr std::size_t kWordBits = 64;

  static std::uint64_t bit(BackendIndex index) { return std::uint64_t{1} << (index % kWordBits); }
  std::size_t words() const { return more_.size() + 1; }
  std::uint64_t word(std::size_t at) const { return at == 0 ? first_ : more_[at - 1]; }
  std::uint64_t& word(std::size_t at) { return at == 0 ? first_ : more_[at - 1]; }

  std::uint64_t first_ = 0;
  std::uint32_t size_ = 0;
  std::vector<std::uint64_t> more_;
};

}  // namespace poise::balancing
