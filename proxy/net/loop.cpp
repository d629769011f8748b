#include "proxy/net/loop.h"

#include <algorithm>
#include <cstring>

#include "proxy/base/check.h"

namespace poise::net {
namespace {

template <class Handle>
Loop& loop_of(Handle* handle) {
  return *static_cast<Loop*>(handle->data);
}

}  // namespace

Loop::Loop()
    : now_(read_clock()),
      turn_began_(now_),
      timers_(now_),
      scratch_(new char[kScratchBytes]),
      kept_memory_(new char[kKeptBytes]) {
  POISE_CHECK(uv_loop_init(&uv_) == 0);
  POISE_CHECK(uv_async_init(&uv_, &wake_, [](uv_async_t* h) { loop_of(h).on_wake(); }) == 0);
  uv_timer_init(&uv_, &timer_);
  uv_prepare_init(&uv_, &before_poll_);
  uv_check_init(&uv_, &after_poll_);
  wake_.data = timer_.data = before_poll_.data = after_poll_.data = this;
  uv_prepare_start(&before_poll_, [](uv_prepare_t* h) { loop_of(h).before_poll(); });
  uv_check_start(&after_poll_, [](uv_check_t* h) { loop_of(h).on_turn_end(); });
}

Loop::~Loop() {
  deferred_.destroy_all();
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&before_poll_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&after_poll_), nullptr);
  uv_run(&uv_, UV_RUN_DEFAULT);
  POISE_CHECK(uv_loop_close(&uv_) == 0);
}

const char* event_library_version() { return uv_version_string(); }

void Loop::run() {
  begin_callback();
  uv_run(&uv_, UV_RUN_DEFAULT);
  deferred_.destroy_all();
}

void Loop::stop() {
  post([this] { uv_stop(&uv_); });
}

void Loop::post(std::function<void()> work) {
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(work));
  }
  uv_async_send(&wake_);
}

void Loop::on_wake() {
  begin_callback();
  std::vector<std::function<void()>> work;
  {
    const std::lock_guard lock(posted_mutex_);
    work.swap(posted_);
  }
  for (auto& piece : work) piece();
  end_callback();
}

void Loop::arm(base::Timer& timer, base::MonotonicTime deadline) { timers_.arm(timer, deadline); }

base::Bytes Loop::keep_for_batch(base::Bytes bytes) {
  if (bytes.size() > kMostKept || bytes.size() > kKeptBytes - kept_) return {};
  char* const place = kept_memory_.get() + kept_;
  std::memcpy(place, bytes.data(), bytes.size());
  kept_ += bytes.size();
  return {place, bytes.size()};
}

void Loop::end_batch() {
  while (!tasks_.empty()) {
    Task& task = tasks_.front();
    task.unlink();
    task.run();
    // Nobody is on the stack. One client's pipelined requests must not pile up what each has used.
    deferred_.destroy_all();
  }
  if (batched_ > 0) tell_batch_ends();
  batched_ = 0;
  kept_ = 0;
}

// One look at the clock a batch, whatever is in it.
void Loop::tell_batch_ends() {
  now_ = read_clock();
  while (!batch_ends_.empty()) {
    BatchEnd& mark = batch_ends_.front();
    mark.unlink();
    mark.at = now_;
  }
}

void Loop::before_poll() {
  if (turns_ != nullptr && !is_now_stale_) turns_->observe(now_ - turn_began_);
  plan_wakeup();
  is_now_stale_ = true;
}

// Timers are looked at once a turn, so that arming one costs no libuv heap operation.
void Loop::plan_wakeup() {
  const auto wakeup = timers_.next_wakeup();
  if (!wakeup) {
    planned_wakeup_ = base::MonotonicTime::max();
    uv_timer_stop(&timer_);
    return;
  }
  if (*wakeup == planned_wakeup_) return;
  planned_wakeup_ = *wakeup;
  uv_update_time(&uv_);
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*wakeup - read_now());
  const auto delay = static_cast<std::uint64_t>(std::max<std::int64_t>(wait.count(), 0));
  uv_timer_start(
      &timer_, [](uv_timer_t* h) { loop_of(h).on_timer(); }, delay, 0);
}

// What timers scheduled must not wait for the poll that comes next.
void Loop::on_timer() {
  planned_wakeup_ = base::MonotonicTime::max();
  begin_callback();
  timers_.advance_to(now_);
  ++batched_;
  end_batch();
}

void Loop::on_turn_end() {
  end_batch();
  deferred_.destroy_all();
}

}  // namespace poise::net
