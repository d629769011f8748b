// Result<T, E> is a value or the reason why there is none (C++20 has no std::expected). It is
// [[nodiscard]]: a caller that does not care says so with (void). Reading the wrong half aborts.
#pragma once

#include <utility>
#include <variant>

#include "proxy/base/check.h"

namespace poise::base {

template <class E>
struct Failure {
  E error;
};
template <class E>
Failure(E) -> Failure<E>;

template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure<E> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() { return *checked(std::get_if<0>(&state_)); }
  const T& value() const { return *checked(std::get_if<0>(&state_)); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const E& error() const { return *checked(std::get_if<1>(&state_)); }

 private:
  template <class Half>
  static Half* checked(Half* half) {
    POISE_CHECK(half != nullptr);
    return half;
  }

  std::variant<T, E> state_;
};

}  // namespace poise::base
