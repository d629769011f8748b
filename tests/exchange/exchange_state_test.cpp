#include "proxy/exchange/exchange_state.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <utility>

using namespace poise::exchange;

namespace {

// The whole life again, by hand: every pair not in here is illegal.
const std::map<std::pair<State, Event>, State> kExpected{
    {{State::admitted, Event::wait_for_slot}, State::queued},
    {{State::admitted, Event::wait_for_connect}, State::connecting},
    {{State::admitted, Event::stream_leased}, State::sending},
    {{State::admitted, Event::retry}, State::admitted},
    {{State::admitted, Event::answered_here}, State::done},
    {{State::admitted, Event::broken_off}, State::done},
    {{State::queued, Event::wait_for_connect}, State::connecting},
    {{State::queued, Event::stream_leased}, State::sending},
    {{State::queued, Event::retry}, State::admitted},
    {{State::queued, Event::answered_here}, State::done},
    {{State::queued, Event::broken_off}, State::done},
    {{State::connecting, Event::stream_leased}, State::sending},
    {{State::connecting, Event::retry}, State::admitted},
    {{State::connecting, Event::answered_here}, State::done},
    {{State::connecting, Event::broken_off}, State::done},
    {{State::sending, Event::retry}, State::admitted},
    {{State::sending, Event::response_began}, State::responding},
    {{State::sending, Event::switched_protocols}, State::tunnelling},
    {{State::sending, Event::answered_here}, State::done},
    {{State::sending, Event::broken_off}, State::done},
    {{State::responding, Event::response_ended}, State::done},
    {{State::responding, Event::broken_off}, State::done},
    {{State::tunnelling, Event::response_ended}, State::done},
    {{State::tunnelling, Event::broken_off}, State::done},
};

template <class Visit>
void for_each_pair(Visit visit) {
  for (std::size_t state = 0; state < kStateCount; ++state) {
    for (std::size_t event = 0; event < kEventCount; ++event) {
      visit(static_cast<State>(state), static_cast<Event>(event));
    }
  }
}

}  // namespace

static_assert(static_cast<std::size_t>(State::done) + 1 == kStateCount);
static_assert(static_cast<std::size_t>(Event::broken_off) + 1 == kEventCount);

TEST_CASE("every event in every state leads where it should, or is illegal") {
  for_each_pair([](State state, Event event) {
    CAPTURE(static_cast<int>(state), static_cast<int>(event));
    const auto expected = kExpected.find({state, event});
    const auto next = next_state(state, event);
    REQUIRE(next.has_value() == (expected != kExpected.end()));
    if (next) CHECK(*next == expected->second);
  });
}

TEST_CASE("once a response has begun there is neither a retry nor another answer") {
  for (const State state : {State::responding, State::tunnelling}) {
    CHECK_FALSE(next_state(state, Event::retry));
    CHECK_FALSE(next_state(state, Event::answered_here));
    CHECK_FALSE(next_state(state, Event::response_began));
  }
}

TEST_CASE("every state is reached, and from each there is a way to the end") {
  std::set<State> reached{State::admitted};
  for (std::size_t round = 0; round < kStateCount; ++round) {
    for_each_pair([&](State state, Event event) {
      const auto next = next_state(state, event);
      if (reached.count(state) != 0 && next) reached.insert(*next);
    });
  }
  CHECK(reached.size() == kStateCount);
  for (const State state : reached) {
    if (state == State::done) continue;
    CHECK(next_state(state, Event::broken_off) == State::done);
  }
}
