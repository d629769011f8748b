// The batches of a loop: what a callback schedules runs soon, and never waits for another event.
#include "proxy/net/loop.h"

#include <catch2/catch.hpp>

using namespace poise;

namespace {

struct Note final : net::Task {
  explicit Note(net::Loop& owner) : loop(owner) {}
  void run() override {
    ++runs;
    text.append(std::exchange(kept, {}));
    loop.stop();
  }
  net::Loop& loop;
  base::Bytes kept;
  std::string text;
  int runs = 0;
};

struct Alarm {
  explicit Alarm(net::Loop& owner)
      : loop(owner), timer(base::Timer::calling<Alarm, &Alarm::ring>(this)), note(owner) {
    loop.arm_in(timer, std::chrono::milliseconds(1));
  }
  void ring() { loop.schedule(note); }
  net::Loop& loop;
  base::Timer timer;
  Note note;
};

}  // namespace

TEST_CASE("what a timer schedules runs though nothing else happens") {
  net::Loop loop;
  Alarm alarm(loop);
  loop.run();
  CHECK(alarm.note.runs == 1);
}

TEST_CASE("bytes kept for the batch are there when its tasks run") {
  net::Loop loop;
  Note first(loop);
  Note second(loop);
  loop.post([&] {
    std::string received = "one";
    first.kept = loop.keep_for_batch(received);
    received = "two";
    second.kept = loop.keep_for_batch(received);
    received = "gone";
    loop.schedule(first);
    loop.schedule(second);
    loop.schedule(first);
  });
  loop.run();
  CHECK(first.text == "one");
  CHECK(second.text == "two");
  CHECK(first.runs == 1);
}

TEST_CASE("a mark has the time at which its batch was done, unless it is gone by then") {
  net::Loop loop;
  net::BatchEnd mark;
  base::MonotonicTime before;
  Note note(loop);
  loop.post([&] {
    auto gone = std::make_unique<net::BatchEnd>();
    loop.mark_batch_end(*gone);
    gone.reset();
    loop.mark_batch_end(mark);
    before = loop.read_now();
    loop.schedule(note);
  });
  loop.run();
  CHECK(note.runs == 1);
  CHECK_FALSE(mark.is_linked());
  CHECK(mark.at > before);
}

TEST_CASE("a turn that keeps the loop from polling is observed in its whole length") {
  constexpr auto kBusy = std::chrono::milliseconds(3);
  net::Loop loop;
  base::Histogram turns;
  loop.observe_turns(turns);
  Alarm alarm(loop);  // ends the loop in a later turn
  loop.post([&] {
    const auto began = loop.read_now();
    while (loop.read_now() - began < kBusy) continue;
  });
  loop.run();
  CHECK(turns.sum() >= kBusy);
}

TEST_CASE("more than the batch's memory holds is not kept") {
  net::Loop loop;
  CHECK(loop.keep_for_batch(std::string(64 * 1024, 'x')).empty());
  std::size_t kept = 0;
  while (!loop.keep_for_batch(std::string(1000, 'x')).empty()) REQUIRE(++kept < 1000);
  CHECK(kept > 10);
  CHECK_FALSE(loop.keep_for_batch("x").empty());
}
