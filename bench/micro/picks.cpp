// What one pick costs: nanoseconds for each strategy at 4, 100 and 10,000 backends, with random
// keys and some requests always under way. Prints the best of several rounds, as anything else that
// runs on the machine only adds. No arguments.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "balancing/selector.h"
#include "balancing/strategies.h"
#include "proxy/base/random.h"

namespace {

using namespace poise;
using namespace poise::balancing;
using Clock = std::chrono::steady_clock;

constexpr std::array<std::size_t, 3> kSizes{4, 100, 10'000};
constexpr int kRounds = 9;
constexpr std::size_t kUnderWay = 64;
constexpr auto kRound = std::chrono::milliseconds(20);

BackendSet equal_set(std::size_t size, bool weighted) {
  std::vector<BackendInfo> list;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string name = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    list.push_back({name + ":80", weighted && i % 2 == 0 ? 2U : 1U});
  }
  return BackendSet(std::move(list));
}

class Course {
 public:
  Course(const StrategyEntry& entry, const BackendSet& backends)
      : shared_(backends.size()),
        selector_(entry.make_plan(backends, {}), backends, 1, {}, pointers()) {
    for (auto& backend : under_way_) selector_.started(backend = pick());
  }

  // Nanoseconds for a pick with its start and its end, while the time lasts.
  double round() {
    const auto begin = Clock::now();
    long picks = 0;
    while (Clock::now() - begin < kRound) {
      for (auto& backend : under_way_) {
        now_ += std::chrono::microseconds(10);
        selector_.finished(backend, {Verdict::success, std::chrono::milliseconds(1), now_});
        selector_.started(backend = pick());
      }
      picks += static_cast<long>(kUnderWay);
    }
    const std::chrono::duration<double, std::nano> spent = Clock::now() - begin;
    return spent.count() / static_cast<double>(picks);
  }

 private:
  std::vector<SharedLoad*> pointers() {
    std::vector<SharedLoad*> loads;
    for (auto& load : shared_) loads.push_back(&load);
    return loads;
  }
  BackendIndex pick() { return *selector_.pick({.key = random_(), .now = now_}); }

  std::vector<SharedLoad> shared_;
  Selector selector_;
  base::Random random_{7};
  base::MonotonicTime now_{};
  std::array<BackendIndex, kUnderWay> under_way_{};
};

double best_round(const StrategyEntry& entry, std::size_t size, bool weighted) {
  const BackendSet backends = equal_set(size, weighted);
  Course course(entry, backends);
  double best = course.round();
  for (int i = 1; i < kRounds; ++i) best = std::min(best, course.round());
  return best;
}

void print_row(const StrategyEntry& entry, bool weighted) {
  const std::string name = std::string(entry.name) + (weighted ? ", two weights" : "");
  std::printf("%-32s", name.c_str());
  for (const auto size : kSizes) std::printf("%10.1f", best_round(entry, size, weighted));
  std::printf("\n");
}

}  // namespace

int main() {
  std::printf("%-32s%10s%10s%10s\n", "ns a pick, start and end", "4", "100", "10000");
  for (const StrategyEntry& entry : all_strategies()) {
    print_row(entry, false);
    print_row(entry, true);
  }
}
