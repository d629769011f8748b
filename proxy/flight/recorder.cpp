#include "proxy/flight/recorder.h"

#include <algorithm>
#include <utility>

namespace poise::flight {
namespace {

bool is_slower(const RecordPtr& a, const RecordPtr& b) { return a->slowness > b->slowness; }

}  // namespace

Recorder::Recorder(net::Loop& loop)
    : loop_(loop), window_end_(base::Timer::calling<Recorder, &Recorder::next_window>(this)) {}

void Recorder::keep(FlightRecord record) {
  auto kept = std::make_shared<const FlightRecord>(std::move(record));
  if (kept->kind == Kind::failed) return keep_failure(std::move(kept));
  keep_slow(std::move(kept));
}

void Recorder::keep_failure(RecordPtr record) {
  if (failure_count_ == kFailures) make_room();
  failures_[static_cast<std::size_t>(record->error.cause)].push_back(std::move(record));
  ++failure_count_;
}

void Recorder::make_room() {
  const auto most =
      std::max_element(failures_.begin(), failures_.end(),
                       [](const auto& a, const auto& b) { return a.size() < b.size(); });
  most->pop_front();
  --failure_count_;
}

void Recorder::keep_slow(RecordPtr record) {
  if (slowest_.size() == kSlowest) {
    std::pop_heap(slowest_.begin(), slowest_.end(), is_slower);
    slowest_.pop_back();
  }
  slowest_.push_back(std::move(record));
  std::push_heap(slowest_.begin(), slowest_.end(), is_slower);
  if (slowest_.size() == kSlowest) slow_limit_ = slowest_.front()->slowness;
  if (!window_end_.is_armed()) loop_.arm_in(window_end_, kWindow);
}

// Armed while there is something to forget: an idle worker is not woken.
void Recorder::next_window() {
  slowest_before_ = std::exchange(slowest_, {});
  slow_limit_ = base::Duration{-1};
  if (!slowest_before_.empty()) loop_.arm_in(window_end_, kWindow);
}

std::vector<RecordPtr> Recorder::find(const Query& query) const {
  std::vector<RecordPtr> found;
  const auto add_from = [&](const auto& records) {
    for (const RecordPtr& record : records) {
      if (fits(*record, query)) found.push_back(record);
    }
  };
  for (const auto& records : failures_) add_from(records);
  add_from(slowest_);
  add_from(slowest_before_);
  sort_and_limit(found, query.limit);
  return found;
}

void sort_and_limit(std::vector<RecordPtr>& records, std::size_t limit) {
  std::stable_sort(records.begin(), records.end(),
                   [](const RecordPtr& a, const RecordPtr& b) { return a->ended > b->ended; });
  if (records.size() > limit) records.resize(limit);
}

}  // namespace poise::flight
