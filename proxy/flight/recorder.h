// One worker's memory of what went wrong: the last failed requests and sessions, and the slowest of
// the last minutes. Always on; a request that is fine and fast costs two comparisons. Belongs to
// the worker's thread; a search on another thread gets shared, constant records.
//
// When many failures come, the oldest of the most frequent cause makes room: a flood of one kind
// does not wash away the others.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <vector>

#include "proxy/base/timers.h"
#include "proxy/flight/flight_record.h"
#include "proxy/net/loop.h"

namespace poise::flight {

class Recorder {
 public:
  static constexpr std::size_t kFailures = 256;
  static constexpr std::size_t kSlowest = 32;  // of each window
  // The slowest are kept for this window and the one before.
  static constexpr base::Duration kWindow = std::chrono::minutes(2);

  // `loop` outlives it.
  explicit Recorder(net::Loop& loop);

  // Whether to make a record of a request that went well.
  bool is_slow(base::Duration slowness) const { return slowness > slow_limit_; }
  void keep(FlightRecord record);

  // The newest first.
  std::vector<RecordPtr> find(const Query& query) const;

 private:
  void keep_failure(RecordPtr record);
  void keep_slow(RecordPtr record);
  void make_room();
  void next_window();

  net::Loop& loop_;
  base::Timer window_end_;
  base::Duration slow_limit_{-1};
  std::array<std::list<RecordPtr>, base::kCauseCount> failures_;  // by cause, the oldest first
  std::size_t failure_count_ = 0;
  std::vector<RecordPtr> slowest_;  // a heap: the least slow is in front
  std::vector<RecordPtr> slowest_before_;
};

// The newest first, at most so many.
void sort_and_limit(std::vector<RecordPtr>& records, std::size_t limit);

}  // namespace poise::flight
