#include "proxy/base/timers.h"

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "proxy/base/random.h"

using namespace poise::base;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration kSlot = milliseconds(16);

MonotonicTime at(Duration time) { return MonotonicTime(seconds(1000) + time); }

struct Alarm {
  Timer timer = Timer::calling<Alarm, &Alarm::ring>(this);
  int rings = 0;
  std::function<void()> then;

  void ring() {
    ++rings;
    const auto call = then;  // which may destroy this alarm
    if (call) call();
  }
};

struct Clock {
  TimerQueue queue{at(Duration(0))};
  void go_to(Duration time) { queue.advance_to(at(time)); }
};

}  // namespace

TEST_CASE("a timer fires once, not early and at most one slot late") {
  Clock clock;
  Alarm alarm;
  clock.queue.arm(alarm.timer, at(milliseconds(100)));
  clock.go_to(milliseconds(99));
  CHECK(alarm.rings == 0);
  clock.go_to(milliseconds(100) + kSlot);
  CHECK(alarm.rings == 1);
  clock.go_to(seconds(100));
  CHECK(alarm.rings == 1);
}

TEST_CASE("a cancelled timer stays silent, and so does a destroyed one") {
  Clock clock;
  Alarm cancelled;
  auto destroyed = std::make_unique<Alarm>();
  clock.queue.arm(cancelled.timer, at(milliseconds(20)));
  clock.queue.arm(destroyed->timer, at(milliseconds(20)));
  cancelled.timer.cancel();
  CHECK_FALSE(cancelled.timer.is_armed());
  destroyed.reset();
  clock.go_to(seconds(1));
  CHECK(cancelled.rings == 0);
}

TEST_CASE("a deadline moved later counts, and one moved earlier as well") {
  Clock clock;
  Alarm later;
  Alarm earlier;
  clock.queue.arm(later.timer, at(milliseconds(50)));
  clock.queue.arm(later.timer, at(milliseconds(500)));
  clock.queue.arm(earlier.timer, at(milliseconds(500)));
  clock.queue.arm(earlier.timer, at(milliseconds(50)));
  clock.go_to(milliseconds(100));
  CHECK(later.rings == 0);
  CHECK(earlier.rings == 1);
  clock.go_to(milliseconds(500) + kSlot);
  CHECK(later.rings == 1);
  CHECK(earlier.rings == 1);
}

TEST_CASE("a deadline far beyond the wheel is kept") {
  Clock clock;
  Alarm alarm;
  clock.queue.arm(alarm.timer, at(std::chrono::hours(2)));
  for (auto now = seconds(1); now < seconds(7200); now += seconds(7)) clock.go_to(now);
  CHECK(alarm.rings == 0);
  clock.go_to(std::chrono::hours(2) + kSlot);
  CHECK(alarm.rings == 1);
}

TEST_CASE("a jump over the whole wheel fires everything due, and nothing else") {
  Clock clock;
  Alarm due;
  Alarm not_due;
  clock.queue.arm(due.timer, at(seconds(3)));
  clock.queue.arm(not_due.timer, at(std::chrono::minutes(90)));
  clock.go_to(std::chrono::hours(1));
  CHECK(due.rings == 1);
  CHECK(not_due.rings == 0);
}

TEST_CASE("a timer may arm itself again from its own callback") {
  Clock clock;
  Alarm alarm;
  Duration now{0};
  alarm.then = [&] { clock.queue.arm(alarm.timer, at(now + milliseconds(100))); };
  clock.queue.arm(alarm.timer, at(milliseconds(100)));
  for (; now <= milliseconds(1050); now += milliseconds(1)) clock.go_to(now);
  CHECK(alarm.rings >= 8);
  CHECK(alarm.rings <= 10);
}

TEST_CASE("a callback may cancel and destroy timers that are due with it, its own included") {
  Clock clock;
  auto first = std::make_unique<Alarm>();
  auto second = std::make_unique<Alarm>();
  int rings = 0;
  const auto end_both = [&] {
    ++rings;
    first.reset();
    second.reset();
  };
  first->then = end_both;
  second->then = end_both;
  clock.queue.arm(first->timer, at(milliseconds(10)));
  clock.queue.arm(second->timer, at(milliseconds(10)));
  clock.go_to(milliseconds(100));
  CHECK(rings == 1);
}

TEST_CASE("nothing wakes a queue in which nothing is armed") {
  Clock clock;
  Alarm alarm;
  CHECK_FALSE(clock.queue.next_wakeup());
  clock.queue.arm(alarm.timer, at(milliseconds(30)));
  CHECK(clock.queue.next_wakeup());
  alarm.timer.cancel();
  CHECK_FALSE(clock.queue.next_wakeup());
}

// The wheel against the plainest queue there is, driven as an event loop drives it.
TEST_CASE("a loop that sleeps until the next wakeup fires every timer in time") {
  Random random(11);
  Clock clock;
  std::vector<std::unique_ptr<Alarm>> alarms;
  std::vector<Duration> due;
  for (int i = 0; i < 300; ++i) {
    alarms.push_back(std::make_unique<Alarm>());
    due.push_back(milliseconds(random.below(i % 3 == 0 ? 60'000 : 2'000)));
    clock.queue.arm(alarms.back()->timer, at(due.back()));
  }
  for (int i = 0; i < 300; i += 4) {
    const auto index = static_cast<std::size_t>(i);
    due[index] = milliseconds(random.below(40'000));
    clock.queue.arm(alarms[index]->timer, at(due[index]));
  }
  int wakeups = 0;
  while (const auto wakeup = clock.queue.next_wakeup()) {
    REQUIRE(++wakeups < 5000);
    clock.queue.advance_to(*wakeup);
    for (std::size_t i = 0; i < alarms.size(); ++i) {
      const bool fired = alarms[i]->rings == 1;
      if (at(due[i]) > *wakeup) REQUIRE_FALSE(fired);
      if (at(due[i]) + kSlot <= *wakeup) REQUIRE(fired);
    }
  }
  for (const auto& alarm : alarms) CHECK(alarm->rings == 1);
}
