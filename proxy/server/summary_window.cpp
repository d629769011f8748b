#include "proxy/server/summary_window.h"

#include <map>
#include <numeric>
#include <set>

namespace poise::server {
namespace {

std::uint64_t total(const ByClass& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

template <class Visit>
void for_each_listener(const MetricsView& view, Visit visit) {
  std::set<const void*> seen;  // listeners of one name share their records
  for (const ListenerSnapshot& listener : view.snapshot->listeners) {
    if (seen.insert(&listener_record(listener)).second) visit(listener);
  }
}

RouteSums route_totals(const MetricsView& view) {
  RouteSums totals;
  for_each_listener(view, [&](const ListenerSnapshot& listener) {
    for (const auto& row : route_records(listener)) {
      const RouteSums sums = sums_of(*row);
      if (sums.was_used) totals += sums;
    }
  });
  return totals;
}

std::map<std::size_t, base::HistogramSum> turns_of(const WorkerRecords& workers) {
  std::map<std::size_t, base::HistogramSum> turns;
  workers.for_each_worker(
      [&](std::size_t worker, const WorkerCells& cells) { turns[worker].add(cells.turns); });
  return turns;
}

std::uint64_t connections_of(const MetricsView& view, std::size_t worker) {
  std::uint64_t connections = 0;
  for (const auto& listener : view.listeners) {
    listener->cells.for_each_worker([&](std::size_t index, const exchange::ListenerCells& cells) {
      if (index == worker) connections += cells.connections.read();
    });
  }
  return connections;
}

template <std::size_t kCount>
std::array<double, kCount> rates(const std::array<std::uint64_t, kCount>& now,
                                 const std::array<std::uint64_t, kCount>& before, double seconds) {
  std::array<double, kCount> each{};
  for (std::size_t i = 0; i < kCount; ++i) {
    // What a removed route counted is gone from the sum.
    each[i] = now[i] < before[i] ? 0 : static_cast<double>(now[i] - before[i]) / seconds;
  }
  return each;
}

double rate(std::uint64_t now, std::uint64_t before, double seconds) {
  return rates<1>({now}, {before}, seconds)[0];
}

}  // namespace

// ---- marks
// ---------------------------------------------------------------------------------------

SummaryWindow::Counts SummaryWindow::counts_of(const base::HistogramSum& sum) {
  Counts counts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = static_cast<std::uint32_t>(sum.counts[i]);
  }
  return counts;
}

Latency SummaryWindow::since(const Counts& before, const base::HistogramSum& now) {
  base::HistogramSum passed;
  const Counts counts = counts_of(now);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::uint32_t difference = counts[i] - before[i];
    const bool is_behind = difference > UINT32_MAX / 2;  // a removed route's are gone
    passed.counts[i] = is_behind ? 0 : difference;
  }
  return {passed.quantile(0.5), passed.quantile(0.9), passed.quantile(0.99)};
}

SummaryWindow::WholeMark SummaryWindow::mark_of(const Summary& summary, const RouteSums& routes) {
  return {summary.requests, summary.failures, summary.retries, counts_of(routes.duration),
          counts_of(routes.self)};
}

SummaryWindow::BackendMark SummaryWindow::mark_of(const BackendSums& sums) {
  return {total(sums.requests), counts_of(sums.duration), counts_of(sums.wait)};
}

void SummaryWindow::sample(const MetricsView& view, base::MonotonicTime now) {
  ++number_;
  sampled_ = now;
  const RouteSums routes = route_totals(view);
  Summary totals;
  totals.requests = routes.requests;
  totals.failures = routes.failures;
  for (const auto& plan : view.snapshot->pools) totals.retries += sums_of(*plan->record).retries;
  whole_.set(number_, mark_of(totals, routes));
  sample_backends(view);
  sample_workers(view);
}

void SummaryWindow::sample_backends(const MetricsView& view) {
  for (const auto& plan : view.snapshot->pools) {
    for (const auto& record : plan->backend_records) {
      backends_[record.get()].set(number_, mark_of(sums_of(*record)));
    }
  }
  std::erase_if(backends_, [&](const auto& entry) { return entry.second.last != number_; });
}

void SummaryWindow::sample_workers(const MetricsView& view) {
  for (const auto& [worker, turns] : turns_of(*view.workers)) {
    workers_[worker].set(number_, counts_of(turns));
  }
}

// ---- the summary
// ---------------------------------------------------------------------------------------

Summary SummaryWindow::summary(const MetricsView& view, base::MonotonicTime now) const {
  const std::chrono::duration<double> passed = now - sampled_;
  const double seconds = number_ == 0 ? 0 : passed.count();
  Summary summary;
  summary.view = view;
  const RouteSums routes = route_totals(view);
  summary.requests = routes.requests;
  summary.failures = routes.failures;
  for (const auto& plan : view.snapshot->pools) {
    const PoolSummary& pool = summary.pools.emplace_back(pool_summary(*plan, seconds));
    summary.retries += pool.totals.retries;
    summary.queue_length += pool.totals.queue_length;
    for (const BackendSummary& backend : pool.backends) {
      summary.in_flight += backend.totals.in_flight;
    }
  }
  // One for each of the configuration, in its order, also where two share a record.
  for (const ListenerSnapshot& listener : view.snapshot->listeners) {
    const exchange::ListenerRecord& record = listener_record(listener);
    summary.listeners.push_back({record.name, sums_of(record)});
  }
  summary.workers = worker_summaries(view);
  add_rates(summary, routes, seconds);
  return summary;
}

void SummaryWindow::add_rates(Summary& summary, const RouteSums& routes, double seconds) const {
  summary.duration = since(whole_.oldest().duration, routes.duration);
  summary.self = since(whole_.oldest().self, routes.self);
  if (seconds <= 0) return;
  const WholeMark& last = whole_.newest();
  summary.requests_per_s = rate(total(summary.requests), total(last.requests), seconds);
  summary.retries_per_s = rate(summary.retries, last.retries, seconds);
  summary.requests_per_s_by_class = rates(summary.requests, last.requests, seconds);
  summary.failures_per_s = rates(summary.failures, last.failures, seconds);
}

PoolSummary SummaryWindow::pool_summary(const pool::PoolPlan& plan, double seconds) const {
  PoolSummary pool;
  pool.plan = &plan;
  pool.panics = plan.record->panics.load(std::memory_order_relaxed);
  pool.totals = sums_of(*plan.record);
  for (balancing::BackendIndex i = 0; i < plan.backend_records.size(); ++i) {
    pool.backends.push_back(backend_summary(plan, i, seconds));
    if (balancing::is_healthy(pool.backends.back().status)) ++pool.healthy;
  }
  return pool;
}

BackendSummary SummaryWindow::backend_summary(const pool::PoolPlan& plan,
                                              balancing::BackendIndex index, double seconds) const {
  const pool::BackendRecord& record = *plan.backend_records[index];
  BackendSummary backend;
  backend.record = &record;
  backend.status = record.status.load(std::memory_order_relaxed);
  backend.weight = plan.backends.weight(index);
  backend.connections = record.shared.connections.load(std::memory_order_relaxed);
  backend.totals = sums_of(record);
  static const Marks<BackendMark> kUnknown;
  const auto known = backends_.find(&record);
  const Marks<BackendMark>& marks = known == backends_.end() ? kUnknown : known->second;
  backend.duration = since(marks.oldest().duration, backend.totals.duration);
  backend.wait = since(marks.oldest().wait, backend.totals.wait);
  if (seconds > 0) {
    backend.requests_per_s = rate(total(backend.totals.requests), marks.newest().requests, seconds);
  }
  return backend;
}

std::vector<WorkerSummary> SummaryWindow::worker_summaries(const MetricsView& view) const {
  std::vector<WorkerSummary> workers;
  static const Marks<Counts> kUnknown;
  for (const auto& [worker, turns] : turns_of(*view.workers)) {
    const auto known = workers_.find(worker);
    const Marks<Counts>& marks = known == workers_.end() ? kUnknown : known->second;
    workers.push_back({worker, connections_of(view, worker), since(marks.oldest(), turns).p99});
  }
  return workers;
}

}  // namespace poise::server
