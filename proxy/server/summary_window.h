// Remembers what the counters were in each of the last ten seconds, and so knows how it goes:
// latencies are over all of that, rates over the last second. On the control thread; with a
// thousand backends a sample takes one or two milliseconds, and some 7 MB are kept.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>

#include "proxy/server/summary.h"

namespace poise::server {

class SummaryWindow {
 public:
  // Once a second.
  void sample(const MetricsView& view, base::MonotonicTime now);
  // At any time: totals are of this moment.
  Summary summary(const MetricsView& view, base::MonotonicTime now) const;

 private:
  static constexpr std::uint64_t kSamples = 10;

  // They may wrap: only differences count, and those are of a few seconds.
  using Counts = std::array<std::uint32_t, base::Histogram::kBuckets + 1>;
  struct BackendMark {
    std::uint64_t requests = 0;
    Counts duration{};
    Counts wait{};
  };
  struct WholeMark {
    ByClass requests{};
    ByCause failures{};
    std::uint64_t retries = 0;
    Counts duration{};
    Counts self{};
  };

  // Of one thing that is counted, by the number of the sample.
  template <class Mark>
  struct Marks {
    std::uint64_t first = 0;  // before it, the thing was not known
    std::uint64_t last = 0;   // 0: it never was
    std::array<Mark, kSamples> ring{};

    void set(std::uint64_t number, const Mark& mark) {
      if (last == 0) first = number;
      last = number;
      ring[number % kSamples] = mark;
    }
    const Mark& newest() const { return ring[last % kSamples]; }
    const Mark& oldest() const {
      const std::uint64_t kept = last < kSamples ? 1 : last - kSamples + 1;
      return ring[std::max(first, kept) % kSamples];
    }
  };

  static Counts counts_of(const base::HistogramSum& sum);
  static Latency since(const Counts& before, const base::HistogramSum& now);
  static WholeMark mark_of(const Summary& summary, const RouteSums& routes);
  static BackendMark mark_of(const BackendSums& sums);

  void sample_backends(const MetricsView& view);
  void sample_workers(const MetricsView& view);
  PoolSummary pool_summary(const pool::PoolPlan& plan, double seconds) const;
  BackendSummary backend_summary(const pool::PoolPlan& plan, balancing::BackendIndex index,
                                 double seconds) const;
  std::vector<WorkerSummary> worker_summaries(const MetricsView& view) const;
  void add_rates(Summary& summary, const RouteSums& routes, double seconds) const;

  std::uint64_t number_ = 0;  // of the last sample; 0: there is none
  base::MonotonicTime sampled_{};
  Marks<WholeMark> whole_;
  std::unordered_map<const pool::BackendRecord*, Marks<BackendMark>> backends_;
  std::unordered_map<std::size_t, Marks<Counts>> workers_;
};

}  // namespace poise::server
