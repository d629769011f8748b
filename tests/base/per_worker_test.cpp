#include "proxy/base/per_worker.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <thread>
#include <vector>

#include "proxy/base/counters.h"

using namespace poise::base;

namespace {

std::uint64_t sum(const PerWorker<Cell>& cells) {
  std::uint64_t total = 0;
  cells.for_each([&](const Cell& cell) { total += cell.read(); });
  return total;
}

}  // namespace

TEST_CASE("each worker finds its own again, and all are summed") {
  PerWorker<Cell> cells;
  CHECK(sum(cells) == 0);
  Cell& first = cells.of(0);
  Cell& second = cells.of(1);
  first.add(2);
  second.add(3);
  CHECK(&first != &second);
  CHECK(&cells.of(0) == &first);
  CHECK(&cells.of(1) == &second);
  CHECK(sum(cells) == 5);
}

TEST_CASE("two workers' cells share no cache line") {
  PerWorker<Cell> cells;
  for (std::size_t worker = 0; worker < 4; ++worker) {
    CHECK(reinterpret_cast<std::uintptr_t>(&cells.of(worker)) % kCacheLine == 0);
  }
}

TEST_CASE("workers that ask at the same time each get one, while another thread reads") {
  constexpr std::size_t kWorkers = 8;
  constexpr std::uint64_t kEach = 1000;
  PerWorker<Cell> cells;
  std::vector<std::thread> workers;
  for (std::size_t worker = 0; worker < kWorkers; ++worker) {
    workers.emplace_back([&cells, worker] {
      for (std::uint64_t i = 0; i < kEach; ++i) cells.of(worker).add();
    });
  }
  std::uint64_t last = 0;
  while (last < kWorkers * kEach / 2) {
    const std::uint64_t now = sum(cells);
    REQUIRE(now >= last);
    last = now;
  }
  for (auto& worker : workers) worker.join();
  CHECK(sum(cells) == kWorkers * kEach);
}
