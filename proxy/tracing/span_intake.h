// Where workers leave sampled requests for the exporter: at most so many wait, further ones are
// dropped and counted, and nobody is ever held up. SpanIntake is shared by all threads and belongs
// to the Server; SpanOutbox is one worker's side, which hands over in batches.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "proxy/net/loop.h"
#include "proxy/tracing/traced_request.h"

namespace poise::tracing {

class SpanIntake {
 public:
  // Of all workers together, from the moment a worker has one until it was sent or given up.
  static constexpr std::size_t kMostWaiting = 4096;

  using Batch = std::vector<TracedRequest>;

  // `take` is called on the control thread, whose loop this is; both outlive the workers.
  SpanIntake(net::Loop& control, std::function<void(Batch)> take)
      : control_(control), take_(std::move(take)) {}

  // Whether anybody wants spans. Control thread writes, any thread reads.
  void set_wanted(bool wanted) { wanted_.store(wanted, std::memory_order_relaxed); }
  bool is_wanted() const { return wanted_.load(std::memory_order_relaxed); }

  // Any thread: a place for one more, or it counts as dropped.
  bool claim() {
    if (waiting_.fetch_add(1, std::memory_order_relaxed) < kMostWaiting) return true;
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    count_dropped(1);
    return false;
  }
  void give_back(std::size_t count) { waiting_.fetch_sub(count, std::memory_order_relaxed); }
  void count_dropped(std::uint64_t count) { dropped_.fetch_add(count, std::memory_order_relaxed); }

  void hand_over(Batch batch);

  // Requests whose spans were lost; any thread.
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

 private:
  net::Loop& control_;
  std::function<void(Batch)> take_;
  std::atomic<bool> wanted_{false};
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

class SpanOutbox {
 public:
  static constexpr std::size_t kBatch = 64;
  static constexpr base::Duration kPatience = std::chrono::milliseconds(250);

  // Both outlive it.
  SpanOutbox(net::Loop& loop, SpanIntake& intake);
  ~SpanOutbox() { flush(); }

  // Ask before making one.
  bool has_room() { return intake_.is_wanted() && intake_.claim(); }
  // Requires: has_room() said so, just before.
  void add(TracedRequest request);
  // Hands over what there is.
  void flush();

 private:
  net::Loop& loop_;
  SpanIntake& intake_;
  SpanIntake::Batch batch_;
  base::Timer timer_;
};

}  // namespace poise::tracing
