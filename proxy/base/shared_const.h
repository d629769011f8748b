// A shared constant that is compared by what it says and not by where it stands, so that plain
// structs which hold one stay comparable. T has equals(const T&).
#pragma once

#include <concepts>
#include <memory>
#include <utility>

namespace poise::base {

template <class T>
struct SharedConst : std::shared_ptr<const T> {
  SharedConst() = default;
  SharedConst(std::nullptr_t) {}
  template <class Derived>
  SharedConst(std::shared_ptr<Derived> object) : std::shared_ptr<const T>(std::move(object)) {}

  // A template, so that nullptr is compared as with any shared_ptr.
  template <std::same_as<SharedConst> Other>
  bool operator==(const Other& other) const {
    if (this->get() == other.get()) return true;
    return this->get() != nullptr && other.get() != nullptr && (*this)->equals(*other);
  }
};

}  // namespace poise::base
