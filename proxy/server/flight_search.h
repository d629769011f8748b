// Asks every worker's flight recorder and answers once: when all have answered, or when a second is
// over, with what came until then. Made, and answering, on the control thread; keeps itself until
// then.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "proxy/flight/recorder.h"
#include "proxy/net/loop.h"
#include "proxy/server/worker.h"

namespace poise::server {

struct FoundFlights {
  std::vector<flight::RecordPtr> records;  // the newest first
  std::size_t silent_workers = 0;          // did not answer in time
};

class FlightSearch {
 public:
  using Done = std::function<void(FoundFlights)>;
  static constexpr base::Duration kPatience = std::chrono::seconds(1);

  // `control` is this thread's loop and outlives the workers. `done` is called from it, later.
  static void start(net::Loop& control, std::span<Worker* const> workers, flight::Query query,
                    Done done);

  FlightSearch(std::size_t workers, std::size_t limit, Done done);

 private:
  void add(std::vector<flight::RecordPtr> records);
  void answer();

  base::Timer timer_;
  std::size_t limit_;
  Done done_;
  FoundFlights found_;
  std::shared_ptr<FlightSearch> self_;  // until it has answered
};

}  // namespace poise::server
