// The life of one exchange as a table: which event may come in which state, and what follows.
//
//  admitted ─► queued ─► connecting ─► sending ─► responding ─► done
//     ▲  │       │  ▲        │            │  └──► tunnelling ─► done
//     │  └───────┴──┴────────┴── retry ◄──┘
//     └── (nothing sent to the client, request replayable, attempts and budget left)
//  Any state but done ─► done: answered by poise itself, or broken off.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace poise::exchange {

enum class State : std::uint8_t {
  admitted,    // routed or about to be; no backend has it
  queued,      // waits for a slot of a backend
  connecting,  // waits for a connection to open
  sending,     // a backend has it, wholly or in part
  responding,  // the response head went to the client
  tunnelling,  // upgraded: bytes both ways
  done,
};
inline constexpr std::size_t kStateCount = 7;

enum class Event : std::uint8_t {
  wait_for_slot,
  wait_for_connect,
  stream_leased,
  retry,
  response_began,
  switched_protocols,
  response_ended,
  answered_here,
  broken_off,
};
inline constexpr std::size_t kEventCount = 9;

namespace detail {

inline constexpr std::uint8_t kIllegal = 0xff;
using Table = std::array<std::array<std::uint8_t, kEventCount>, kStateCount>;

constexpr Table make_table() {
  Table table{};
  for (auto& row : table) row.fill(kIllegal);
  const auto allow = [&](State from, Event event, State to) {
    table[static_cast<std::size_t>(from)][static_cast<std::size_t>(event)] =
        static_cast<std::uint8_t>(to);
  };
  allow(State::admitted, Event::wait_for_slot, State::queued);
  allow(State::admitted, Event::wait_for_connect, State::connecting);
  allow(State::admitted, Event::stream_leased, State::sending);
  allow(State::queued, Event::wait_for_connect, State::connecting);
  allow(State::queued, Event::stream_leased, State::sending);
  allow(State::connecting, Event::stream_leased, State::sending);
  for (const State from : {State::admitted, State::queued, State::connecting, State::sending}) {
    allow(from, Event::retry, State::admitted);
    allow(from, Event::answered_here, State::done);
  }
  allow(State::sending, Event::response_began, State::responding);
  allow(State::sending, Event::switched_protocols, State::tunnelling);
  allow(State::responding, Event::response_ended, State::done);
  allow(State::tunnelling, Event::response_ended, State::done);
  for (std::size_t from = 0; from < kStateCount - 1; ++from) {
    allow(static_cast<State>(from), Event::broken_off, State::done);
  }
  return table;
}

inline constexpr Table kTable = make_table();

}  // namespace detail

// nullopt: the event is illegal in that state.
constexpr std::optional<State> next_state(State state, Event event) {
  const std::uint8_t to =
      detail::kTable[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
  if (to == detail::kIllegal) return std::nullopt;
  return static_cast<State>(to);
}

}  // namespace poise::exchange
