// One thread's event loop: a uv_loop_t that drives the timers, the work other threads post, tasks
// to run once the current I/O callback is done, and late destruction. Everything made on a loop
// belongs to that loop's thread; only post() and stop() may be called from another.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "proxy/base/clock.h"
#include "proxy/base/deferred.h"
#include "proxy/base/link.h"
#include "proxy/base/timers.h"

namespace poise::net {

// Work to do right after the current I/O callback, where the scratch buffer is free again and no
// caller is on the stack. A task runs once per schedule().
class Task : public base::Link<Task> {
 public:
  virtual void run() = 0;

 protected:
  ~Task() = default;
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

  uv_loop_t* uv() { return &uv_; }

  // Every libuv callback of poise is bracketed by these two.
  void begin_callback() {
    if (is_now_stale_) read_now();
  }
  void end_callback() {
    if (!tasks_.empty()) run_tasks();
  }

 private:
  static base::MonotonicTime read_clock() {
    return base::MonotonicTime(base::Duration(uv_hrtime()));
  }
  void run_tasks();
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
  bool is_now_stale_ = false;  // the loop slept since
  base::TimerQueue timers_;
  base::MonotonicTime planned_wakeup_ = base::MonotonicTime::max();
  base::List<Task> tasks_;
  base::DeferredList deferred_;
  std::unique_ptr<char[]> scratch_;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
};

const char* event_library_version();

}  // namespace poise::net
