#include "proxy/server/flight_search.h"

#include <utility>

namespace poise::server {

void FlightSearch::start(net::Loop& control, std::span<Worker* const> workers, flight::Query query,
                         Done done) {
  auto search = std::make_shared<FlightSearch>(workers.size(), query.limit, std::move(done));
  search->self_ = search;
  for (Worker* worker : workers) {
    worker->search_flights(query, [&control, search](std::vector<flight::RecordPtr> records) {
      control.post([search, records = std::move(records)] { search->add(records); });
    });
  }
  control.arm_in(search->timer_, workers.empty() ? base::Duration(0) : kPatience);
}

FlightSearch::FlightSearch(std::size_t workers, std::size_t limit, Done done)
    : timer_(base::Timer::calling<FlightSearch, &FlightSearch::answer>(this)),
      limit_(limit),
      done_(std::move(done)) {
  found_.silent_workers = workers;
}

void FlightSearch::add(std::vector<flight::RecordPtr> records) {
  if (self_ == nullptr) return;  // too late
  found_.records.insert(found_.records.end(), records.begin(), records.end());
  if (--found_.silent_workers == 0) answer();
}

void FlightSearch::answer() {
  timer_.cancel();
  const auto self = std::exchange(self_, nullptr);
  flight::sort_and_limit(found_.records, limit_);
  done_(std::move(found_));
}

}  // namespace poise::server
