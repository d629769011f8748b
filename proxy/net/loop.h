// One thread's event loop: a uv_loop_t that drives the timers, the work other threads post, tasks
// to run once a batch of I/O callbacks is done, and late destruction. Everything made on a loop
// belongs to that loop's thread; only post() and stop() may be called from another.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "proxy/base/bytes.h"
#include "proxy/base/clock.h"
#include "proxy/base/deferred.h"
#include "proxy/base/histogram.h"
#include "proxy/base/link.h"
#include "proxy/base/timers.h"

namespace poise::net {

// Work to do soon after the current I/O callback, where the scratch buffer is free again and no
// caller is on the stack: at the end of this batch of callbacks. A task runs once per schedule().
class Task : public base::Link<Task> {
 public:
  virtual void run() = 0;

 protected:
  ~Task() = default;
};

// Is told when the batch of callbacks in which it was handed over is done: read, handled and sent.
struct BatchEnd : public base::Link<BatchEnd> {
  base::MonotonicTime at{};
};

class Loop {
 public:
  static constexpr std::size_t kScratchBytes = 128 * 1024;

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();
  void stop();                            // any thread
  void post(std::function<void()> work);  // any thread; runs on this loop, in order

  // The time the clock was last read: at the latest when the poll returned, so it lags by what this
  // turn's earlier callbacks took. read_now() asks the clock again, for durations that matter.
  base::MonotonicTime now() const { return now_; }
  base::MonotonicTime read_now() {
    now_ = read_clock();
    is_now_stale_ = false;
    return now_;
  }

  // When the poll of this turn returned: what is handled now waits at the latest since then.
  base::MonotonicTime turn_began() const { return turn_began_; }
  // Sets the mark's time at the end of this batch, unless it is gone by then.
  void mark_batch_end(BatchEnd& mark) { batch_ends_.push_back(mark); }
  // Observes from now on how long each turn keeps the loop from polling, which is the longest that
  // anything has to wait for it. `turns` outlives the loop's last turn.
  void observe_turns(base::Histogram& turns) { turns_ = &turns; }

  void arm(base::Timer& timer, base::MonotonicTime deadline);
  void arm_in(base::Timer& timer, base::Duration delay) { arm(timer, now_ + delay); }
  void schedule(Task& task) {
    if (!task.is_linked()) tasks_.push_back(task);
  }
  void defer(std::unique_ptr<base::Deferred> object) { deferred_.add(std::move(object)); }

  // What ends after run() returned.
  void destroy_deferred() { deferred_.destroy_all(); }

  // Memory for bytes on their way through; anyone may use it within one callback, nobody keeps it.
  std::span<char> scratch() { return {scratch_.get(), kScratchBytes}; }

  // A copy of a few received bytes for a task of this batch, valid until the batch's tasks have
  // run; empty when they are too many. Reading first and handling later keeps one piece of code at
  // a time, the kernel's or ours, in the processor's caches (measured: bench/README.md).
  base::Bytes keep_for_batch(base::Bytes bytes);

  uv_loop_t* uv() { return &uv_; }

  // Every libuv callback of poise is bracketed by these two.
  void begin_callback() {
    if (is_now_stale_) turn_began_ = read_now();
  }
  void end_callback() {
    if (++batched_ >= kBatch) end_batch();
  }

 private:
  static base::MonotonicTime read_clock() {
    return base::MonotonicTime(base::Duration(uv_hrtime()));
  }
  // After so many callbacks nobody waits longer for the others.
  static constexpr int kBatch = 32;
  static constexpr std::size_t kKeptBytes = 32 * 1024;
  static constexpr std::size_t kMostKept = 1024;

  void end_batch();
  void tell_batch_ends();
  void on_wake();
  void on_timer();
  void before_poll();
  void plan_wakeup();
  void on_turn_end();

  uv_loop_t uv_{};
  uv_async_t wake_{};
  uv_timer_t timer_{};
  uv_prepare_t before_poll_{};
  uv_check_t after_poll_{};
  base::MonotonicTime now_;
  base::MonotonicTime turn_began_;
  bool is_now_stale_ = false;  // the loop slept since
  base::TimerQueue timers_;
  base::MonotonicTime planned_wakeup_ = base::MonotonicTime::max();
  base::List<Task> tasks_;
  base::List<BatchEnd> batch_ends_;
  base::Histogram* turns_ = nullptr;
  base::DeferredList deferred_;
  int batched_ = 0;       // callbacks since tasks were run
  std::size_t kept_ = 0;  // bytes of them
  std::unique_ptr<char[]> scratch_;
  std::unique_ptr<char[]> kept_memory_;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
};

const char* event_library_version();

}  // namespace poise::net
