// Shared ownership on one thread: a count inside the object, without atomics or a block of its own.
// T has a member `base::OwnerCount owners`. The last Ref that goes destroys the object, so a Ref
// must not be let go of where the object's own code may still run (see deferred.h).
#pragma once

#include <cstdint>
#include <utility>

namespace poise::base {

template <class T>
class Ref;

class OwnerCount {
 public:
  OwnerCount() = default;
  OwnerCount(const OwnerCount&) = delete;
  OwnerCount& operator=(const OwnerCount&) = delete;

  bool is_one() const { return count_ == 1; }

 private:
  template <class T>
  friend class Ref;
  std::uint32_t count_ = 0;
};

template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) : object_(object) { enter(); }
  Ref(const Ref& other) : object_(other.object_) { enter(); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr && --object_->owners.count_ == 0) delete object_;
  }

  T* get() const { return object_; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }
  bool operator==(const Ref&) const = default;

 private:
  void enter() {
    if (object_ != nullptr) ++object_->owners.count_;
  }

  T* object_ = nullptr;
};

}  // namespace poise::base
