#include "proxy/base/timers.h"

#include <algorithm>
#include <bit>

namespace poise::base {

void TimerQueue::arm(Timer& timer, MonotonicTime deadline) {
  timer.deadline_ = deadline;
  const std::int64_t tick = std::max(tick_of(deadline) + 1, tick_ + 1);
  if (timer.is_linked() && timer.tick_ <= tick) return;
  hang(timer, tick);
}

void TimerQueue::hang(Timer& timer, std::int64_t tick) {
  timer.tick_ = tick;
  const auto slot = static_cast<std::size_t>(tick % kSlots);
  slots_[slot].push_back(timer);
  occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimerQueue::advance_to(MonotonicTime now) {
  const std::int64_t target = tick_of(now);
  if (target <= tick_) return;
  const std::int64_t first = std::max(tick_ + 1, target - kSlots + 1);
  for (std::int64_t tick = first; tick <= target; ++tick) {
    tick_ = tick;
    run_slot(tick % kSlots, now);
  }
}

void TimerQueue::run_slot(std::int64_t slot, MonotonicTime now) {
  const auto index = static_cast<std::size_t>(slot);
  const std::uint64_t bit = std::uint64_t{1} << (index % 64);
  if ((occupied_[index / 64] & bit) == 0) return;
  occupied_[index / 64] &= ~bit;
  List<Timer> due;
  due.take_all(slots_[index]);
  while (!due.empty()) {
    Timer& timer = due.front();
    timer.unlink();
    if (timer.deadline_ > now) {
      hang(timer, std::max(tick_of(timer.deadline_) + 1, tick_ + 1));
    } else {
      timer.callback_(timer.owner_);
    }
  }
}

std::optional<MonotonicTime> TimerQueue::next_wakeup() {
  for (std::int64_t ahead = 1; ahead <= kSlots;) {
    const auto slot = static_cast<std::size_t>((tick_ + ahead) % kSlots);
    const std::uint64_t word = occupied_[slot / 64] >> (slot % 64);
    if (word == 0) {
      ahead += 64 - static_cast<std::int64_t>(slot % 64);
      continue;
    }
    const int skip = std::countr_zero(word);
    const std::size_t found = slot + static_cast<std::size_t>(skip);
    ahead += skip;
    if (!slots_[found].empty()) return MonotonicTime((tick_ + ahead) * kTick);
    occupied_[found / 64] &= ~(std::uint64_t{1} << (found % 64));
  }
  return std::nullopt;
}

}  // namespace poise::base
