#include "tests/net/turned_loop.h"

#include <time.h>

#include <atomic>
#include <chrono>

namespace poise::test {
namespace {

using Clock = std::chrono::steady_clock;

std::atomic<std::int64_t> time_passed{0};  // nanoseconds

void rest_a_little() {
  const timespec pause{0, 200'000};
  (void)::nanosleep(&pause, nullptr);
}

struct Alarm {
  bool is_over = false;
  base::Timer timer = base::Timer::calling<Alarm, &Alarm::ring>(this);
  void ring() { is_over = true; }
};

}  // namespace

void TurnedLoop::turn() {
  loop_.begin_callback();
  uv_run(loop_.uv(), UV_RUN_NOWAIT);
  loop_.end_callback();
  for (const auto& peer : peers_) peer->read();
}

bool TurnedLoop::comes_true(const std::function<bool()>& condition) {
  const auto end = Clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (Clock::now() > end) return false;
    turn();
    if (!condition()) rest_a_little();
  }
  return true;
}

// The loopback delivers within the sending call, so a few turns show whatever is there.
void TurnedLoop::settle() {
  for (int i = 0; i < 20; ++i) turn();
}

// The loop sleeps by libuv's own clock; an alarm that is due at once makes it look at its timers.
void TurnedLoop::pass_time(base::Duration time) {
  time_passed.fetch_add(time.count(), std::memory_order_relaxed);
  Alarm alarm;
  loop_.arm(alarm.timer, base::MonotonicTime{});
  must(comes_true([&] { return alarm.is_over; }));
  settle();
}

void TurnedLoop::send(BarePeer& peer, std::string_view bytes) {
  must(comes_true([&] {
    bytes.remove_prefix(peer.send_some(bytes));
    return bytes.empty() || peer.saw_reset();
  }));
  settle();
}

}  // namespace poise::test

// Stands in for libuv's function of that name, which is where a net::Loop reads its clock.
extern "C" std::uint64_t uv_hrtime() {
  const auto since_boot = poise::test::Clock::now().time_since_epoch();
  const auto passed = poise::test::time_passed.load(std::memory_order_relaxed);
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(since_boot).count() + passed);
}
