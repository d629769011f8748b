// Whether probes say that a backend is up: it takes `rise` good ones in a row to come up and `fall`
// bad ones to go down, so that one lost packet changes nothing. A backend of which nothing is known
// is judged by the first answer. Pure.
#pragma once

#include <cstdint>

namespace poise::health {

class Threshold {
 public:
  enum class State : std::uint8_t { unknown, up, down };
  enum class Change : std::uint8_t { none, went_up, went_down };

  Threshold(State initial, std::uint32_t rise, std::uint32_t fall)
      : rise_(rise), fall_(fall), state_(initial) {}

  Change note(bool passed) {
    in_a_row_ = passed == last_passed_ ? in_a_row_ + 1 : 1;
    last_passed_ = passed;
    if (in_a_row_ < needed(passed)) return Change::none;
    const State next = passed ? State::up : State::down;
    if (state_ == next) return Change::none;
    state_ = next;
    return passed ? Change::went_up : Change::went_down;
  }

  State state() const { return state_; }
  // Answers of the last kind, the latest included.
  std::uint32_t in_a_row() const { return in_a_row_; }
  // How many of that kind it takes.
  std::uint32_t needed(bool passed) const {
    if (state_ == State::unknown) return 1;
    return passed ? rise_ : fall_;
  }

  // As if it had been so for long.
  void assume(State state) {
    state_ = state;
    in_a_row_ = 0;
  }

  // A reload may change the numbers; what is known stays.
  void set_limits(std::uint32_t rise, std::uint32_t fall) {
    rise_ = rise;
    fall_ = fall;
  }

 private:
  std::uint32_t rise_;
  std::uint32_t fall_;
  std::uint32_t in_a_row_ = 0;
  State state_;
  bool last_passed_ = true;
};

}  // namespace poise::health
