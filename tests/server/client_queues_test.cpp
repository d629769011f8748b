#include "proxy/server/client_queues.h"

#include <catch2/catch.hpp>

using namespace poise::server;

TEST_CASE("every queue has a worker, and every worker a queue of its own where there can be one") {
  for (std::size_t queues = 1; queues <= 6; ++queues) {
    for (std::size_t workers = 1; workers <= queues; ++workers) {
      for (std::size_t queue = 0; queue < queues; ++queue) {
        std::size_t takers = 0;
        for (std::size_t worker = 0; worker < workers; ++worker) {
          takers += accepts_from(queue, worker, workers, QueuePlan::one_each) ? 1 : 0;
        }
        CHECK(takers == (queue < workers ? 1 : workers));
      }
    }
  }
}

TEST_CASE("a queue that can have no second is everybody's") {
  CHECK(wanted_queues(4, QueuePlan::shared) == 1);
  CHECK(wanted_queues(4, QueuePlan::one_each) == 4);
  for (std::size_t worker = 0; worker < 4; ++worker) {
    CHECK(accepts_from(0, worker, 4, QueuePlan::shared));
  }
}
