// How far apart the two CPUs are at the moment: nanoseconds for a cache line to go from one to the
// other and back. A host may move a virtual CPU at any time, and every proxy's cost moves with it;
// this figure, taken beside each run, tells such runs apart.
//   poise_bench_pace CPU CPU
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <thread>

namespace {

constexpr int kBatches = 200;
constexpr int kRounds = 200;

alignas(128) std::atomic<int> turn{0};

void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) std::perror("sched_setaffinity");
}

void play(int mine, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    while (turn.load(std::memory_order_acquire) != mine) {
    }
    turn.store(1 - mine, std::memory_order_release);
  }
}

double time_batch() {
  const auto start = std::chrono::steady_clock::now();
  play(0, kRounds);
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start)
             .count() /
         kRounds;
}

// The least of many short batches: whatever else runs here only ever adds to it.
double measure() {
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < kBatches; ++i) least = std::min(least, time_batch());
  return least;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::thread other([cpu = std::atoi(argv[2])] {
    pin(cpu);
    play(1, kBatches * kRounds);
  });
  pin(std::atoi(argv[1]));
  std::printf("{\"pace_ns\": %.1f}\n", measure());
  other.join();
}
