#include "proxy/server/backend_subject.h"

#include <catch2/catch.hpp>

using namespace poise;
using balancing::BackendStatus;

TEST_CASE("health's word becomes the backend's status, and a drain stays beside it") {
  net::Loop loop;
  const auto pool = std::make_shared<pool::PoolRecord>();
  const auto backend =
      std::make_shared<pool::BackendRecord>("a", *net::Address::parse("127.0.0.1:1"));
  server::BackendSubject subject(loop, pool, backend);
  const auto status_of = [&](health::Fitness fitness) {
    subject.set_fitness(fitness);
    return backend->status.load();
  };
  CHECK(status_of({.ejected = true}) == balancing::kEjected);
  CHECK(pool->status_version.load() == 1);
  backend->status.store(balancing::kEjected | balancing::kDraining);
  CHECK(status_of({.probation = true}) ==
        BackendStatus{balancing::kProbation | balancing::kDraining});
  CHECK(status_of({.down = true, .probation = true}) ==
        BackendStatus{balancing::kProbation | balancing::kDown | balancing::kDraining});
  CHECK(status_of({}) == balancing::kDraining);
  CHECK(pool->status_version.load() == 4);
  CHECK(subject.is_draining());
}
